import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import { announce, type Decide, type DeploymentChange, type ReviseDeps, revise } from './revise.ts';
import { isServingAlone, refuseEnded, refuseOlder } from './rollout-rules.ts';
import { shiftedVariants } from './variants.ts';

/** What every revision of a rollout has in common. */
export const documentOf = (state: RolloutState): Pick<DeploymentChange, RolloutFields> => ({
  model: state.model,
  project: state.project,
  stickyKey: state.stickyKey,
  featureService: state.project,
  ...(state.requestFields && { requestFields: state.requestFields }),
  updatedBy: state.by,
});
type RolloutFields = 'model' | 'project' | 'stickyKey' | 'featureService' | 'requestFields' | 'updatedBy';

const reasonOf = (variants: Deployment['variants'], { rollout, step }: RolloutState): string => {
  const canary = variants.at(-1);
  return `step ${step + 1} of ${rollout.steps.length}: ${canary?.weight} % to version ${canary?.version}`;
};

const toStep =
  (state: RolloutState): Decide =>
  (current) => {
    if (isServingAlone(current, state.version)) return undefined;
    if (state.step === 0) refuseOlder(current, state.version);
    else refuseEnded(current, state);
    const variants = shiftedVariants(current, state);
    return { ...documentOf(state), phase: 'canary', variants, reason: reasonOf(variants, state) };
  };

/**
 * Writes the weights of the state's step and starts its bake. Twice is once; the canary never loses traffic here.
 * @throws DEPLOYMENT_IN_PROGRESS when a newer version is being rolled out
 * @throws GUARD_FAILED when the rollout was ended meanwhile
 */
export const shift = async (deps: ReviseDeps, { state }: { state: RolloutState }) => {
  const deployment = await revise(deps, state.model, toStep(state));
  await announce(deps, deployment);
  return {
    state: { ...state, extraBakes: 0, bakeStartedAt: deps.clock.now().toISOString() },
    revision: deployment.revision,
  };
};
