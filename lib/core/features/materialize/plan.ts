import type { DatasetManifest } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { DatasetRecipe } from '../dataset-id.ts';
import { canonicalJson } from '../dataset-id.ts';
import { findDataset } from '../datasets.ts';
import { isMadeOf, isUpTo, planFacts } from './plan-facts.ts';
import type { CurrentPlan, MaterializeDeps, PlanRef } from './ports.ts';
import { type AskedRange, askedTimes } from './range.ts';
import { shardsOf, storeShards } from './shards.ts';
import { type Target, targetFacts, targetOf } from './targets.ts';
import { onlineViews } from './views.ts';
import { viewsKey } from './views-key.ts';

export interface PlanRequest extends AskedRange {
  readonly project: string;
  readonly execution: string;
  /** When the execution began: the end of the range unless another is given. */
  readonly startedAt: string;
  readonly featureViews?: readonly string[] | undefined;
}

/** What is to be brought online: ids and numbers, no rows. */
export interface Planned extends PlanRef {
  readonly end: string;
  readonly views: string[];
  readonly rows: number;
  readonly shards: number[];
  readonly again: boolean;
}

interface Work {
  readonly request: PlanRequest;
  readonly targets: readonly Target[];
  readonly end: Date;
  readonly isFromStart: boolean;
}

const recipeOf = (deps: MaterializeDeps, { request, targets, end, isFromStart }: Work): DatasetRecipe => ({
  kind: 'materialization',
  project: request.project,
  inputs: {
    datasets: [...new Set(targets.flatMap(({ sets }) => sets.map(({ datasetId }) => datasetId)))].sort(),
    files: [],
    parameters: {
      end: end.toISOString(),
      views: canonicalJson(targets.map(targetFacts)),
      start: isFromStart ? 'given' : 'watermark',
      // What comes behind now is not there yet, however far the end is.
      ...(end > new Date(request.startedAt) && { mark: new Date(request.startedAt).toISOString() }),
    },
  },
  codeVersion: deps.codeVersion,
});

const answer = async (
  deps: MaterializeDeps,
  { execution }: PlanRequest,
  plan: { readonly manifest: DatasetManifest; readonly attempt: number; readonly again: boolean },
): Promise<Planned> => {
  const { manifest, attempt, again } = plan;
  const { project, datasetId, rowCount: rows } = manifest;
  const shards = shardsOf(manifest);
  const ref = { project, datasetId, attempt };
  const plannedAt = deps.clock.now().toISOString();
  await deps.log.savePlan({ ...ref, execution, shards: shards.length, rows, plannedAt });
  const { end, views } = planFacts(manifest);
  return { ...ref, end, views: views.map(({ view }) => view), rows, shards, again };
};

/**
 * The plan that an earlier execution left half-done, where this one is to bring what has come up to now by the same
 * definitions and code.
 */
const halfDone = async (
  deps: MaterializeDeps,
  { project, start, end, startedAt }: PlanRequest,
  { current, versions }: { current: CurrentPlan | undefined; versions: readonly FeatureViewVersion[] },
): Promise<DatasetManifest | undefined> => {
  if (start !== undefined || end !== undefined || !current || current.isFinished) return undefined;
  const manifest = await deps.catalog.find(project, 'materialization', current.datasetId);
  const { codeVersion } = deps;
  return manifest && isUpTo(manifest, startedAt) && isMadeOf(manifest, { versions, codeVersion })
    ? manifest
    : undefined;
};

const attemptOf = (current: CurrentPlan | undefined, datasetId: string): number => {
  if (!current) return 1;
  return current.datasetId === datasetId && !current.isFinished ? current.attempt : current.attempt + 1;
};

/**
 * Works out what is to be brought online and leaves it as a data set of shards. The same views, range and objects to
 * read answer the data set that is there, with the shards that are done already. Without a start and an end it first
 * goes on with what an earlier execution left half-done, and says that it is to be asked again behind that.
 * @throws VIEW_NOT_FOUND, TIMESTAMP_WITHOUT_ZONE, INVALID_REQUEST and what reading the views' rows throws
 */
export const planMaterialization = async (deps: MaterializeDeps, request: PlanRequest): Promise<Planned> => {
  const { project } = request;
  const { start, end = new Date(request.startedAt) } = askedTimes(request);
  const versions = await onlineViews(deps.definitions, request);
  const views = viewsKey(
    deps.digest,
    versions.map(({ name }) => name),
  );
  const current = await deps.log.current(project, views);
  const left = await halfDone(deps, request, { current, versions });
  if (left && current) return answer(deps, request, { manifest: left, attempt: current.attempt, again: true });
  const targets = await Promise.all(
    versions.map((version) => targetOf(deps, version, { start, end, execution: request.execution })),
  );
  const recipe = recipeOf(deps, { request, targets, end, isFromStart: start !== undefined });
  const manifest =
    (await findDataset(deps, recipe)) ??
    (await deps.engine.open((tables) => storeShards(deps, tables, { recipe, targets })));
  const attempt = attemptOf(current, manifest.datasetId);
  await deps.log.saveCurrent(project, views, { datasetId: manifest.datasetId, attempt, isFinished: false });
  return answer(deps, request, { manifest, attempt, again: false });
};
