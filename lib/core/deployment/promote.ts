import type { RolloutState } from '#contracts/deployment.ts';
import { type RegistryDeps, transitionStage } from '#core/registry/index.ts';
import { announce, type Decide, type ReviseDeps, revise } from './revise.ts';
import { isServingAlone, refuseEnded } from './rollout-rules.ts';
import { documentOf } from './shift.ts';

export interface PromoteDeps extends ReviseDeps {
  readonly registry: RegistryDeps;
}

export interface RolloutEnd {
  readonly model: string;
  readonly version: number;
  readonly revision: number;
}

const toWhole =
  (state: RolloutState): Decide =>
  (current) => {
    refuseEnded(current, state);
    if (isServingAlone(current, state.version)) return undefined;
    const { version, modelUri } = state;
    const reason = `version ${version} passed every step of its rollout`;
    return { ...documentOf(state), phase: 'stable', variants: [{ version, modelUri, weight: 100 }], reason };
  };

/**
 * Ends a rollout well: the version serves alone and is the one in Production, its predecessor Archived.
 * @throws GUARD_FAILED when the rollout was ended meanwhile
 */
export const promote = async (deps: PromoteDeps, { state }: { state: RolloutState }): Promise<RolloutEnd> => {
  const { model, version, by } = state;
  const deployment = await revise(deps, model, toWhole(state));
  const { revision, reason } = deployment;
  await transitionStage(deps.registry, {
    name: model,
    version,
    stage: 'Production',
    archiveExisting: true,
    reason: `deployment revision ${revision}: ${reason}`,
    by,
  });
  await announce(deps, deployment);
  return { model, version, revision };
};
