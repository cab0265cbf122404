import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import { getVersion, transitionStage } from '#core/registry/index.ts';
import type { PromoteDeps, RolloutEnd } from './promote.ts';
import { announce, type Decide, revise } from './revise.ts';
import { restoredVariants, underway } from './variants.ts';

export interface Refusal {
  readonly model: string;
  readonly version: number;
  readonly reason: string;
  readonly by: string;
}

/** Gives the traffic back in one write, unless the rollout is already over. */
export const givingBack =
  ({ version, reason, by }: Refusal): Decide =>
  (current) => {
    if (!current || underway(current) !== version) return undefined;
    const { revision: _, updatedAt: __, ...document } = current;
    const variants = restoredVariants(current, version);
    return { ...document, phase: 'rolled-back', variants, reason, updatedBy: by };
  };

/**
 * A refused version that serves nothing is Archived, with the reason in the model's history; an explicit deployment may
 * try it again. One that keeps the traffic, because nothing served before it, keeps its stage.
 */
export const archiveRefused = async (deps: PromoteDeps, refusal: Refusal, deployment: Deployment): Promise<void> => {
  const { model, version, reason, by } = refusal;
  if (deployment.variants.some((variant) => variant.version === version)) return;
  const { stage } = await getVersion(deps.registry, model, version);
  if (stage === 'Archived') return;
  await transitionStage(deps.registry, {
    name: model,
    version,
    stage: 'Archived',
    archiveExisting: false,
    reason: `rolled back: ${reason}`,
    by,
  });
};

/** Ends a rollout badly: what served before has all traffic again and the reason is on record. Twice is once. */
export const rollback = async (
  deps: PromoteDeps,
  { state, reason }: { state: RolloutState; reason: string },
): Promise<RolloutEnd> => {
  const { model, version, by } = state;
  const refusal = { model, version, reason, by };
  // The very first shift may have failed before it wrote anything.
  if (!(await deps.deployments.find(model))) return { model, version, revision: 0 };
  const deployment = await revise(deps, model, givingBack(refusal));
  await archiveRefused(deps, refusal, deployment);
  if (deployment.phase === 'rolled-back') await announce(deps, deployment);
  return { model, version, revision: deployment.revision };
};
