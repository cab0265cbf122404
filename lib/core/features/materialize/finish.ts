import type { DatasetManifest } from '#contracts/datasets.ts';
import { PlatformError } from '../../shared/errors.ts';
import { requireDataset } from '../datasets.ts';
import { planFacts, type TargetFacts } from './plan-facts.ts';
import type { FinishDeps, Materialized, PlanRef, ShardDone } from './ports.ts';
import { shardsOf } from './shards.ts';
import { totalsOf } from './totals.ts';
import { viewsKey } from './views-key.ts';

export interface FinishRequest extends PlanRef {
  readonly execution: string;
  readonly startedAt: string;
  /** Shards that gave up, with their reasons. */
  readonly failures: readonly { readonly shard: number; readonly reason: string }[];
}

const REASONS_SHOWN = 3;

const incomplete = ({ failures }: FinishRequest, missing: readonly number[], all: number): PlatformError => {
  const reasons = failures.slice(0, REASONS_SHOWN).map(({ shard, reason }) => `shard ${shard}: ${reason}`);
  return new PlatformError(
    'MATERIALIZATION_INCOMPLETE',
    `${missing.length} of ${all} shards are not online${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}; ` +
      'the others stay: run it again and it goes on with these',
    { missing: missing.slice(0, 100), failures: failures.slice(0, REASONS_SHOWN) },
  );
};

const missingShards = (request: FinishRequest, manifest: DatasetManifest, done: readonly ShardDone[]) => {
  const numbers = new Set(done.map(({ shard }) => shard));
  const all = shardsOf(manifest);
  const missing = all.filter((shard) => !numbers.has(shard));
  return missing.length > 0 ? incomplete(request, missing, all.length) : undefined;
};

// What the state machine tries again. Another failure is of the rows themselves: they are read anew the next time.
const PASSING = /^(UNAVAILABLE|REVISION_CONFLICT|Lambda\.|Runtime\.|Sandbox\.|States\.)/;
const isLasting = ({ failures }: FinishRequest): boolean => failures.some(({ reason }) => !PASSING.test(reason));

// A start behind the watermark leaves a gap in between: the mark stays, and the next run without a start fills it.
const advance = async ({ watermarks, log }: FinishDeps, manifest: DatasetManifest): Promise<void> => {
  const { project } = manifest;
  const { mark, views, isFromStart } = planFacts(manifest);
  const one = async ({ view, from, content }: TargetFacts): Promise<void> => {
    const known = await watermarks.get(project, view);
    const leavesGap = isFromStart && known !== undefined && from !== null && Date.parse(from) > Date.parse(known);
    if (leavesGap) return;
    await watermarks.advance(project, view, mark);
    // A part of a definition's values does not make the mark theirs, unless it is the first that there is.
    const isWhole = !isFromStart && Date.parse(known ?? mark) <= Date.parse(mark);
    if (isWhole || known === undefined) await log.saveDefinition(project, view, content);
  };
  await Promise.all(views.map(one));
};

const close = async (
  { log, digest }: FinishDeps,
  { project, datasetId, attempt }: PlanRef,
  views: readonly string[],
) => {
  const key = viewsKey(digest, views);
  const current = await log.current(project, key);
  if (current?.datasetId === datasetId && current.attempt === attempt)
    await log.saveCurrent(project, key, { ...current, isFinished: true });
};

const plannedAt = async ({ log }: FinishDeps, request: FinishRequest): Promise<string> => {
  const plans = await log.plans(request.execution);
  const own = plans.find(({ datasetId, attempt }) => datasetId === request.datasetId && attempt === request.attempt);
  return own?.plannedAt ?? request.startedAt;
};

/**
 * Ends a materialization whose shards are all online: the watermarks of its views advance (never back), and the
 * platform and its metrics are told.
 * @throws MATERIALIZATION_INCOMPLETE, and the watermarks stay, while a shard is missing
 */
export const finishMaterialization = async (deps: FinishDeps, request: FinishRequest): Promise<Materialized> => {
  const { project, datasetId } = request;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'materialization', datasetId });
  const done = await deps.log.shards(request);
  const facts = planFacts(manifest);
  const views = facts.views.map(({ view }) => view);
  const missing = missingShards(request, manifest, done);
  if (missing && isLasting(request)) await close(deps, request, views);
  if (missing) throw missing;
  await advance(deps, manifest);
  await close(deps, request, views);
  const since = await plannedAt(deps, request);
  const result = { project, views, until: facts.end, shards: done.length, ...totalsOf(done, since) };
  const { rows, written } = result;
  await deps.events.publish('FeaturesMaterialized', { project, views, until: facts.end, rows, written });
  await deps.metrics.publish(result, deps.clock.now());
  return result;
};
