import { describe, expect, it } from '@jest/globals';
import { DeployModel, RolloutState, Variant } from '#contracts/deployment.ts';

// The fleet may ask no other endpoint: a name that came further than one of these would fail as it serves.
describe.each([
  ['what is asked', DeployModel],
  ['a rollout', RolloutState],
  ['a variant that serves', Variant],
])('an endpoint in %s', (_, { shape }) => {
  it.each(['mlops-churn-4', 'mlops-prod-churn', `mlops-${'a'.repeat(57)}`, undefined])('may be %s', (name) => {
    expect(shape.endpoint.safeParse(name).success).toBe(true);
  });
  it.each(['churn-4', 'mlops', 'mlops-', 'mlops-a--b', `mlops-${'a'.repeat(58)}`, ''])('may not be %p', (name) => {
    expect(shape.endpoint.safeParse(name).success).toBe(false);
  });
});
