import type { RolloutState } from '#contracts/deployment.ts';
import { transitionStage } from '#core/registry/index.ts';
import { announce, type Decide, type ReviseDeps, revise } from './revise.ts';
import { isServingAlone, refuseEnded } from './rollout-rules.ts';
import { documentOf } from './shift.ts';
import { variantOf } from './variants.ts';

export type PromoteDeps = ReviseDeps;

export interface RolloutEnd {
  readonly model: string;
  readonly version: number;
  readonly revision: number;
}

const passed = ({ version }: RolloutState): string => `version ${version} passed every step of its rollout`;

const toWhole =
  (deps: PromoteDeps, state: RolloutState): Decide =>
  (current) => {
    refuseEnded(current, state);
    if (isServingAlone(current, state.version)) return undefined;
    const document = documentOf(deps, state, current);
    return { ...document, phase: 'stable', variants: [variantOf(state, 100)], reason: passed(state) };
  };

/**
 * Ends a rollout well: the version serves alone and is the one in Production, its predecessor Archived. The document
 * comes last: until it is written a failure leaves a canary, which a rollback still gives back.
 * @throws GUARD_FAILED when the rollout was ended meanwhile
 */
export const promote = async (deps: PromoteDeps, { state }: { state: RolloutState }): Promise<RolloutEnd> => {
  const { model, version, by } = state;
  refuseEnded(await deps.deployments.find(model), state);
  await transitionStage(deps.registry, {
    name: model,
    version,
    stage: 'Production',
    archiveExisting: true,
    reason: passed(state),
    by,
  });
  const deployment = await revise(deps, model, toWhole(deps, state));
  await announce(deps, deployment);
  return { model, version, revision: deployment.revision };
};
