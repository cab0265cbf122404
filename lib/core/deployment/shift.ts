import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import { redactionOf } from './redaction.ts';
import { announce, type Decide, type DeploymentChange, type ReviseDeps, revise } from './revise.ts';
import { isServingAlone, refuseEnded, refuseOlder } from './rollout-rules.ts';
import { rulesOf, type ServingRules } from './serving-rules.ts';
import { shiftedVariants } from './variants.ts';

type RolloutFields = keyof ServingRules | 'model' | 'redaction' | 'updatedBy';

/** What every revision of a rollout has in common. */
export const documentOf = (
  { registry: { ids } }: ReviseDeps,
  state: RolloutState,
  current: Deployment | undefined,
): Pick<DeploymentChange, RolloutFields> => ({
  model: state.model,
  ...rulesOf({ ...state, featureService: state.project }),
  ...redactionOf(ids, state, current),
  updatedBy: state.by,
});

const reasonOf = (variants: Deployment['variants'], { rollout, step }: RolloutState): string => {
  const canary = variants.at(-1);
  return `step ${step + 1} of ${rollout.steps.length}: ${canary?.weight} % to version ${canary?.version}`;
};

const toStep =
  (deps: ReviseDeps, state: RolloutState): Decide =>
  (current) => {
    const document = documentOf(deps, state, current);
    // Deployed again it keeps its traffic, and goes by what its project says now.
    if (current && isServingAlone(current, state.version))
      return { ...document, phase: 'stable', variants: current.variants, reason: "its project's serving rules of now" };
    if (state.step === 0) refuseOlder(current, state.version);
    else refuseEnded(current, state);
    const variants = shiftedVariants(current, state);
    return { ...document, phase: 'canary', variants, reason: reasonOf(variants, state) };
  };

/**
 * Writes the weights of the state's step and starts its bake. Twice is once; the canary never loses traffic here.
 * @throws DEPLOYMENT_IN_PROGRESS when a newer version is being rolled out
 * @throws GUARD_FAILED when the rollout was ended meanwhile
 */
export const shift = async (deps: ReviseDeps, { state }: { state: RolloutState }) => {
  const deployment = await revise(deps, state.model, toStep(deps, state));
  await announce(deps, deployment);
  return {
    state: { ...state, extraBakes: 0, bakeStartedAt: deps.clock.now().toISOString() },
    revision: deployment.revision,
  };
};
