import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import { getVersion, rollbackModel, transitionStage } from '#core/registry/index.ts';
import type { PromoteDeps, RolloutEnd } from './promote.ts';
import { keptRedaction } from './redaction.ts';
import { announce, type Decide, revise } from './revise.ts';
import { rulesBefore, rulesOf, type ServingRules } from './serving-rules.ts';
import { restoredVariants, underway } from './variants.ts';

export interface Refusal {
  readonly model: string;
  readonly version: number;
  readonly reason: string;
  readonly by: string;
}

const givingBack =
  ({ model, version, reason, by }: Refusal, rules: ServingRules | undefined): Decide =>
  (current) => {
    if (!current || underway(current) !== version) return undefined;
    const variants = restoredVariants(current, version);
    const kept = { model, ...(rules ?? rulesOf(current)), ...keptRedaction(current) };
    return { ...kept, phase: 'rolled-back', variants, reason, updatedBy: by };
  };

/** Gives the traffic back in one write, by the rules that held before, unless the rollout is already over. */
export const giveBack = async (deps: PromoteDeps, refusal: Refusal): Promise<Deployment> => {
  const rules = await rulesBefore(deps.deployments, refusal.model, refusal.version);
  return revise(deps, refusal.model, givingBack(refusal, rules));
};

/** Makes the version that serves alone the one in Production, on record as a rollback; nothing changes when it is. */
export const reinstate = async (deps: PromoteDeps, refusal: Refusal): Promise<void> => {
  const { model: name, version, reason, by } = refusal;
  await rollbackModel(deps.registry, { name, version, reason, by });
};

/**
 * A refused version that serves nothing is Archived, with the reason in the model's history; an explicit deployment may
 * try it again. One that keeps the traffic, because nothing served before it, keeps its stage. One whose promotion
 * failed half-way may be in Production: its place goes to what serves.
 */
export const archiveRefused = async (deps: PromoteDeps, refusal: Refusal, deployment: Deployment): Promise<void> => {
  const { model: name, version, by } = refusal;
  const serving = deployment.variants[0]?.version;
  if (serving === undefined || deployment.variants.some((variant) => variant.version === version)) return;
  const reason = `rolled back: ${refusal.reason}`;
  const { stage } = await getVersion(deps.registry, name, version);
  if (stage === 'Archived') return;
  if (stage === 'Production') return reinstate(deps, { ...refusal, version: serving, reason });
  await transitionStage(deps.registry, { name, version, stage: 'Archived', archiveExisting: false, reason, by });
};

/** Ends a rollout badly: what served before has all traffic again and the reason is on record. Twice is once. */
export const rollback = async (
  deps: PromoteDeps,
  { state: { model, version, by }, reason }: { state: RolloutState; reason: string },
): Promise<RolloutEnd> => {
  const refusal = { model, version, reason, by };
  // The very first shift may have failed before it wrote anything.
  if (!(await deps.deployments.find(model))) return { model, version, revision: 0 };
  const deployment = await giveBack(deps, refusal);
  if (deployment.phase === 'rolled-back') await announce(deps, deployment);
  await archiveRefused(deps, refusal, deployment);
  return { model, version, revision: deployment.revision };
};

/**
 * Ends the rollout of a pipeline run that was stopped or ran out of time, so that it leaves no canary behind. Nothing
 * happens when that rollout is over or was superseded; answers whether it was ended now.
 */
export const abandonRollout = async (deps: PromoteDeps, refusal: Refusal): Promise<boolean> => {
  const { model, version } = refusal;
  if (underway(await deps.deployments.find(model)) !== version) return false;
  const deployment = await giveBack(deps, refusal);
  await announce(deps, deployment);
  await archiveRefused(deps, refusal, deployment);
  return true;
};
