import type { Deployment, RolloutState, Variant } from '#contracts/deployment.ts';

const whole = (variant: Variant): Variant => ({ ...variant, weight: 100 });

/** The version of a rollout as a variant. */
export const variantOf = ({ version, modelUri, onnxSha256, endpoint }: RolloutState, weight: number): Variant => ({
  version,
  weight,
  modelUri,
  ...(onnxSha256 !== undefined && { onnxSha256 }),
  ...(endpoint !== undefined && { endpoint }),
});

/** The version that takes the traffic back when a rollout fails: the first variant, unless it is the one rolled out. */
export const stableOf = (deployment: Deployment | undefined, version: number): Variant | undefined => {
  const first = deployment?.variants[0];
  return first && first.version !== version ? first : undefined;
};

/** The version whose rollout is under way, undefined when none is. */
export const underway = (deployment: Deployment | undefined): number | undefined =>
  deployment?.phase === 'canary' ? deployment.variants.at(-1)?.version : undefined;

/** Per cent of traffic that a rollout's step gives to its version. */
export const weightOf = (state: RolloutState): number => state.rollout.steps[state.step] ?? 100;

// A late retry of an earlier step must not take traffic away again.
const heldBy = (deployment: Deployment | undefined, version: number): number =>
  deployment?.phase === 'canary' ? (deployment.variants.find((v) => v.version === version)?.weight ?? 0) : 0;

/**
 * Variants of the state's step: the stable version keeps what the new one does not get, and stays listed at 0 so that
 * going back is one write. A model that nothing serves yet gets the new version whole.
 * @example shiftedVariants(undefined, firstStep) // [{ version: 1, weight: 100, modelUri }]
 */
export const shiftedVariants = (deployment: Deployment | undefined, state: RolloutState): Variant[] => {
  const { version } = state;
  const stable = stableOf(deployment, version);
  if (!stable) return [variantOf(state, 100)];
  const weight = Math.max(weightOf(state), heldBy(deployment, version));
  return [{ ...stable, weight: 100 - weight }, variantOf(state, weight)];
};

/** Variants after a rollout of `version` was given up: what served before, alone; the version itself if nothing did. */
export const restoredVariants = (deployment: Deployment, version: number): Variant[] => {
  const stable = stableOf(deployment, version);
  return stable ? [whole(stable)] : deployment.variants.slice(0, 1).map(whole);
};
