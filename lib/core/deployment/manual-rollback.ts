import type { Deployment, Variant } from '#contracts/deployment.ts';
import { getVersion, transitionStage } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getDeployment } from './get-deployment.ts';
import type { PromoteDeps } from './promote.ts';
import { announce, revise } from './revise.ts';
import { archiveRefused, givingBack } from './rollback.ts';
import { stableOf, underway } from './variants.ts';

export interface RollbackRequest {
  readonly model: string;
  readonly reason: string;
  readonly by: string;
}

/** Revisions searched for an earlier stable version: months of weekly rollouts. */
const searched = 200;

/**
 * The version that was stable before the one that serves now, so that going back twice goes back two versions.
 * History comes newest first.
 */
export const predecessor = (history: readonly Deployment[], version: number): Variant | undefined => {
  const stables = history.filter((d) => d.phase === 'stable').flatMap((d) => d.variants[0] ?? []);
  const since = stables.findIndex((variant) => variant.version === version);
  return stables.slice(since + 1).find((variant) => variant.version !== version);
};

const nothingBefore = (model: string, version: number): PlatformError =>
  new PlatformError(
    'NOTHING_TO_ROLL_BACK_TO',
    `${model} version ${version} is the first that serves; deploy another version instead`,
    { model, version },
  );

const endCanary = async (deps: PromoteDeps, request: RollbackRequest, current: Deployment): Promise<Deployment> => {
  const version = underway(current) ?? 0;
  if (!stableOf(current, version)) throw nothingBefore(request.model, version);
  const refusal = { ...request, version };
  const deployment = await revise(deps, request.model, givingBack(refusal));
  await archiveRefused(deps, refusal, deployment);
  return deployment;
};

const refuseRollout = (found: Deployment | undefined): void => {
  const other = underway(found);
  if (other === undefined) return;
  const message = `a rollout of ${found?.model} version ${other} began meanwhile; ask again to end it`;
  throw new PlatformError('DEPLOYMENT_IN_PROGRESS', message, { underway: other });
};

const goBack = async (deps: PromoteDeps, request: RollbackRequest, current: Deployment): Promise<Deployment> => {
  const { model, reason, by } = request;
  const serving = current.variants[0]?.version ?? 0;
  const target = predecessor(await deps.deployments.history(model, searched), serving);
  if (!target) throw nothingBefore(model, serving);
  await getVersion(deps.registry, model, target.version);
  const { project, stickyKey, featureService } = current;
  const change = { model, project, stickyKey, featureService, reason, updatedBy: by };
  const variants = [{ ...target, weight: 100 }];
  const deployment = await revise(deps, model, (found) => {
    refuseRollout(found);
    return { ...change, phase: 'rolled-back', variants };
  });
  await transitionStage(deps.registry, {
    name: model,
    version: target.version,
    stage: 'Production',
    archiveExisting: true,
    reason: `rolled back from version ${serving}: ${reason}`,
    by,
  });
  return deployment;
};

/**
 * Takes traffic from the newest version by hand: a running rollout ends and its stable version serves alone; without
 * one, the version that was stable before serves again and is the one in Production.
 * @throws DEPLOYMENT_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO
 */
export const rollBackByHand = async (deps: PromoteDeps, request: RollbackRequest): Promise<Deployment> => {
  const current = await getDeployment(deps.deployments, request.model);
  const act = underway(current) === undefined ? goBack : endCanary;
  const deployment = await act(deps, request, current);
  await announce(deps, deployment);
  return deployment;
};
