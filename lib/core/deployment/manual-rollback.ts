import type { Deployment } from '#contracts/deployment.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { getVersion, rollbackModel, versionsBefore } from '#core/registry/index.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { getDeployment } from './get-deployment.ts';
import type { PromoteDeps } from './promote.ts';
import { keepRevisions } from './record-revisions.ts';
import { keptRedaction } from './redaction.ts';
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

const versionOf = ({ variants }: Deployment): number => variants[0]?.version ?? 0;

/** Versions that served alone before the one that does now, the nearest first. History comes newest first. */
const earlierVersions = (history: readonly Deployment[], serving: number): number[] => {
  const alone = history.filter(({ phase }) => phase !== 'canary').reverse();
  const arrivals = alone.map((one) => ({ version: versionOf(one), isReturn: one.phase === 'rolled-back' }));
  return versionsBefore(arrivals, serving);
};

const isThere = async (deps: PromoteDeps, model: string, version: number): Promise<boolean> => {
  try {
    await getVersion(deps.registry, model, version);
    return true;
  } catch (error) {
    if (isPlatformError(error) && error.code === 'VERSION_NOT_FOUND') return false;
    throw error;
  }
};

/** The newest revision by which the nearest earlier version served that is still there. */
const predecessor = async (deps: PromoteDeps, model: string, serving: number): Promise<Deployment | undefined> => {
  const history = await deps.deployments.history(model, searched);
  for (const version of earlierVersions(history, serving))
    if (await isThere(deps, model, version))
      return history.find((one) => one.phase !== 'canary' && versionOf(one) === version);
  return undefined;
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
  await announce(deps, deployment);
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
  const target = await predecessor(deps, model, serving);
  if (!target) throw nothingBefore(model, serving);
  const version = versionOf(target);
  const change = { model, ...rulesOf(target), reason, updatedBy: by };
  const variants = target.variants.map((variant) => ({ ...variant, weight: 100 }));
  const deployment = await revise(deps, model, (found) => {
    refuseRollout(found);
    return { ...change, ...keptRedaction(found), phase: 'rolled-back', variants };
  });
  // Told first: traffic has moved, whatever becomes of the registry.
  await announce(deps, deployment);
  await reinstate(deps, { model, version, reason: `rolled back from version ${serving}: ${reason}`, by });
  return deployment;
};

/** Did this request's first try write the newest document? Its reply was lost, or the registry failed after it. */
const isOwnWrite = (current: Deployment, { reason, by, revision }: RollbackRequest): boolean => {
  if (current.phase !== 'rolled-back' || current.reason !== reason || current.updatedBy !== by) return false;
  return revision === undefined || current.revision === revision + 1;
};

const finishOwn = async (deps: PromoteDeps, request: RollbackRequest, current: Deployment): Promise<Deployment> => {
  await keepRevisions(deps, current);
  await announce(deps, current);
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
 * one, the version that served before serves again and is the one in Production. As long as a rollback is the newest
 * revision, the same caller with the same reason means that one: it is finished and answered again. To go back further,
 * name the revision to take back, or another reason.
 * @throws DEPLOYMENT_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO, REVISION_CONFLICT
 */
export const rollBackByHand = async (deps: PromoteDeps, request: RollbackRequest): Promise<Deployment> => {
  const current = await getDeployment(deps.deployments, request.model);
  if (isOwnWrite(current, request)) return finishOwn(deps, request, current);
  refuseOutdated(current, request.revision);
  const act = underway(current) === undefined ? goBack : endCanary;
  return act(deps, request, current);
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
