import { describe, expect, it } from '@jest/globals';
import type { EdgePlan } from '#infra/local/edge-plan.ts';
import { behaviourOf } from '#local/edge/plan.ts';

const plan: EdgePlan = {
  behaviours: ['/api/artifacts/*', '/a?c.(x)', '*'].map((path) => ({
    path,
    origin: { kind: 'api', headers: {} },
    methods: [],
  })),
};

describe('the behaviour that decides about a path', () => {
  it.each([
    ['/api/artifacts/1/run/model.pkl', '/api/artifacts/*'],
    ['/api/artifacts/', '/api/artifacts/*'],
    ['/api/artifacts/a%0Ab', '/api/artifacts/*'],
    ['/api/artifacts/line\nbreak', '/api/artifacts/*'],
    ['/api/artifacts', '*'],
    ['/API/artifacts/x', '*'],
    ['/x/api/artifacts/x', '*'],
    ['/abc.(x)', '/a?c.(x)'],
    ['/abcd(x)', '*'],
    ['/', '*'],
  ])('%j falls to %s', (path, pattern) => {
    expect(behaviourOf(plan, path)?.path).toBe(pattern);
  });

  it('is none where none fits', () => {
    expect(behaviourOf({ behaviours: plan.behaviours.slice(0, 1) }, '/')).toBeUndefined();
  });
});
