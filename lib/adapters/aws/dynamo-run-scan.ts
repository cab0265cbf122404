import type { Run } from '#contracts/tracking.ts';
import type { SearchNeeds } from '#core/search/index.ts';
import type { RunScan } from '#core/tracking/index.ts';
import { POINT_MARK } from './dynamo-latest-points.ts';
import { queryAll, queryPages } from './dynamo-range.ts';
import { type ExperimentStage, type RunItems, readNamed, runOf, stageOf } from './dynamo-run-items.ts';
import { getItem, type Item, type Table } from './dynamo-table.ts';
import { PARAM_MARK, TAG_MARK } from './dynamo-texts.ts';
import { descendingTime, runPartition, STAGE_KEY, shards, sortOf } from './dynamo-tracking-keys.ts';
import { mergeSorted } from './merge-sorted.ts';

const END = '\u{10ffff}';
const NONE: readonly Item[] = [];

/** Bounds of a part's range for the start times that are wanted. */
const infoRange = (pk: string, { started = {}, order, hoped }: RunScan) => ({
  pk,
  low: `A#${started.untilMs === undefined ? '' : descendingTime(started.untilMs)}`,
  high: `A#${started.fromMs === undefined ? '' : descendingTime(started.fromMs)}${END}`,
  reverse: order === 'oldest-first',
  limit: hoped,
});

/** Attributes of D that a search reads; undefined for all of them, since data sets have no foreseeable names. */
const detailsRead = ({ params, tags, datasets }: SearchNeeds): string[] | undefined =>
  datasets ? undefined : [...params.map((key) => PARAM_MARK + key), ...tags.map((key) => TAG_MARK + key)];

const partsBetween = async (table: Table, pk: string, bounds: PartBounds): Promise<Map<string, Item[]>> => {
  const { part, attributes, low, high } = bounds;
  if (attributes?.length === 0) return new Map();
  const items = await queryAll(table, { pk, low: `${part}#${low}`, high: `${part}#${high}${END}`, attributes });
  return Map.groupBy(items, sortOf);
};
interface PartBounds {
  readonly part: 'D' | 'M';
  readonly attributes: readonly string[] | undefined;
  readonly low: string;
  readonly high: string;
}

/** The details and points that belong to a page of infos, as one range each. */
const withParts = async (table: Table, infos: readonly Item[], needs: SearchNeeds): Promise<RunItems[]> => {
  const sorts = infos.map(sortOf).sort();
  const pk = infos[0]?.pk ?? '';
  const bounds = { low: sorts[0] ?? '', high: sorts.at(-1) ?? '' };
  const metrics = needs.metrics.map((key) => POINT_MARK + key);
  const [details, points] = await Promise.all([
    partsBetween(table, pk, { part: 'D', attributes: detailsRead(needs), ...bounds }),
    partsBetween(table, pk, { part: 'M', attributes: metrics, ...bounds }),
  ]);
  return infos.map((info) => {
    const sort = sortOf(info);
    return { place: { pk, sort }, info, details: details.get(sort)?.[0], points: points.get(sort) ?? NONE };
  });
};

async function* scanShard(table: Table, pk: string, scan: RunScan): AsyncGenerator<Run[]> {
  const stage: Promise<ExperimentStage> = getItem(table, pk, STAGE_KEY).then(stageOf);
  // Awaited below, but a page may fail before.
  stage.catch(() => undefined);
  for await (const infos of queryPages(table, infoRange(pk, scan))) {
    const runs = await withParts(table, infos, scan.needs);
    const named = await readNamed(table, runs, { bodies: false });
    const experiment = await stage;
    yield runs.map((items) => runOf(items, { ...named, experiment }));
  }
}

/** The order of the sort keys: newest start first, then by id. */
const newestFirst = ({ info: a }: Run, { info: b }: Run): number =>
  descendingTime(a.startTimeMs) + a.runId < descendingTime(b.startTimeMs) + b.runId ? -1 : 1;

/**
 * Runs of experiments by start time, each with what a search needs. All shards are read at once, a request ahead of
 * whoever takes them, and nothing is kept of what was given on.
 */
export const scanRuns = (table: Table, scan: RunScan): AsyncIterable<readonly Run[]> => {
  const partitions = scan.experimentIds.flatMap((id) => shards.map((shard) => runPartition(id, shard)));
  const direction = scan.order === 'oldest-first' ? -1 : 1;
  return mergeSorted(
    partitions.map((pk) => scanShard(table, pk, scan)),
    (a, b) => direction * newestFirst(a, b),
  );
};
