import type { Deployment } from '#contracts/deployment.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { getVersion, rollbackModel } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getDeployment } from './get-deployment.ts';
import type { PromoteDeps } from './promote.ts';
import { recordRevisions } from './record-revisions.ts';
import { announce, revise } from './revise.ts';
import { archiveRefused, giveBack, reinstate } from './rollback.ts';
import { rulesOf, searched } from './serving-rules.ts';
import { stableOf, underway } from './variants.ts';

export interface RollbackRequest {
  readonly model: string;
  readonly reason: string;
  readonly by: string;
  /** Revision that the caller takes back. @default whatever serves now */
  readonly revision?: number | undefined;
}

/** A client's retries come within this time. */
const RETRY_MS = 60_000;

const versionOf = ({ variants }: Deployment): number => variants[0]?.version ?? 0;

/**
 * The revision whose version was stable before the one that serves now, so that going back twice goes back two versions.
 * History comes newest first.
 */
export const predecessor = (history: readonly Deployment[], version: number): Deployment | undefined => {
  const stables = history.filter((d) => d.phase === 'stable');
  const since = stables.findIndex((d) => versionOf(d) === version);
  return stables.slice(since + 1).find((d) => versionOf(d) !== version);
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
  const deployment = await giveBack(deps, refusal);
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
  const serving = versionOf(current);
  const target = predecessor(await deps.deployments.history(model, searched), serving);
  if (!target) throw nothingBefore(model, serving);
  const version = versionOf(target);
  await getVersion(deps.registry, model, version);
  const change = { model, ...rulesOf(target), reason, updatedBy: by };
  const variants = target.variants.map((variant) => ({ ...variant, weight: 100 }));
  const deployment = await revise(deps, model, (found) => {
    refuseRollout(found);
    return { ...change, phase: 'rolled-back', variants };
  });
  await reinstate(deps, { model, version, reason: `rolled back from version ${serving}: ${reason}`, by });
  return deployment;
};

/** Did this request's first try write the newest document? Its reply was lost, or the registry failed after it. */
const isOwnWrite = (current: Deployment, { reason, by, revision }: RollbackRequest, now: Date): boolean => {
  if (current.phase !== 'rolled-back' || current.reason !== reason || current.updatedBy !== by) return false;
  if (revision !== undefined) return current.revision === revision + 1;
  return now.getTime() - Date.parse(current.updatedAt) < RETRY_MS;
};

const finishOwn = async (deps: PromoteDeps, request: RollbackRequest, current: Deployment): Promise<Deployment> => {
  await recordRevisions(deps, current);
  const [, before] = await deps.deployments.history(request.model, 2);
  const refused = underway(before);
  if (refused === undefined) await reinstate(deps, { ...request, version: versionOf(current) });
  else await archiveRefused(deps, { ...request, version: refused }, current);
  return current;
};

const refuseOutdated = ({ model, revision: now }: Deployment, seen: number | undefined): void => {
  if (seen === undefined || seen === now) return;
  const message = `${model} is at revision ${now}, not ${seen}; read it again, then say which one to take back`;
  throw new PlatformError('REVISION_CONFLICT', message, { model, revision: now });
};

/**
 * Takes traffic from the newest version by hand: a running rollout ends and its stable version serves alone; without
 * one, the version that was stable before serves again and is the one in Production. A retry (same caller and reason,
 * within a minute or of the same revision) answers what the first try wrote.
 * @throws DEPLOYMENT_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO, REVISION_CONFLICT
 */
export const rollBackByHand = async (deps: PromoteDeps, request: RollbackRequest): Promise<Deployment> => {
  const current = await getDeployment(deps.deployments, request.model);
  if (isOwnWrite(current, request, deps.clock.now())) return finishOwn(deps, request, current);
  refuseOutdated(current, request.revision);
  const act = underway(current) === undefined ? goBack : endCanary;
  const deployment = await act(deps, request, current);
  await announce(deps, deployment);
  return deployment;
};

/**
 * Goes back to the version before, in one call: a deployed model as rollBackByHand does, traffic and registry together; one
 * that nobody deployed in the registry alone. Answers the version that is in Production now.
 * @throws MODEL_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO, REVISION_CONFLICT
 */
export const rollBackModel = async (deps: PromoteDeps, request: RollbackRequest): Promise<ModelVersion> => {
  const { model: name, reason, by } = request;
  if (!(await deps.deployments.find(name))) return rollbackModel(deps.registry, { name, reason, by });
  return getVersion(deps.registry, name, versionOf(await rollBackByHand(deps, request)));
};
