import { describe, expect, it } from '@jest/globals';
import { DeployModel, Variant } from '#contracts/deployment.ts';

const { endpoint: asked } = DeployModel.shape;
const { endpoint: stored } = Variant.shape;

describe('an endpoint', () => {
  it.each(['mlops-churn-4', 'mlops-prod-churn', `mlops-${'a'.repeat(57)}`, undefined])('may be %s', (name) => {
    expect([asked.safeParse(name).success, stored.safeParse(name).success]).toEqual([true, true]);
  });

  // The fleet may ask no other endpoint: a name that came further would fail as it serves.
  it.each(['churn-4', 'mlops', 'mlops-', 'mlops-a--b', `mlops-${'a'.repeat(58)}`, ''])(
    'may not be asked for as %p',
    (name) => {
      expect(asked.safeParse(name).success).toBe(false);
    },
  );

  it('that was stored stays readable: one document that is not would stop the listing of all', () => {
    expect(stored.safeParse('churn-4').success).toBe(true);
  });
});
