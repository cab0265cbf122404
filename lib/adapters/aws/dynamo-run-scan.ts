import type { Run } from '#contracts/tracking.ts';
import type { SearchNeeds } from '#core/search/index.ts';
import type { RunScan } from '#core/tracking/index.ts';
import { POINT_MARK } from './dynamo-latest-points.ts';
import { END, queryAll, queryPages } from './dynamo-range.ts';
import { type ExperimentStage, type RunItems, readNamed, runOf, stageOf } from './dynamo-run-items.ts';
import { getItem, type Item, type Table } from './dynamo-table.ts';
import { PARAM_MARK, TAG_MARK } from './dynamo-texts.ts';
import { descendingTime, mayBeId, mayBeKey, runPartition, STAGE_KEY, shards, sortOf } from './dynamo-tracking-keys.ts';
import { mergeSorted } from './merge-sorted.ts';

const NONE: readonly Item[] = [];

/** Bounds of a part's range for the start times that are wanted. */
const infoRange = (pk: string, { started = {}, order, hoped }: RunScan) => ({
  pk,
  low: `A#${started.untilMs === undefined ? '' : descendingTime(started.untilMs)}`,
  high: `A#${started.fromMs === undefined ? '' : descendingTime(started.fromMs)}${END}`,
  reverse: order === 'oldest-first',
  limit: hoped,
});

const markedWith = (mark: string, keys: readonly string[]): string[] => keys.filter(mayBeKey).map((key) => mark + key);

/** Attributes of D that a search reads; undefined for all of them, since data sets have no foreseeable names. */
const detailsRead = ({ params, tags, datasets }: SearchNeeds): string[] | undefined =>
  datasets ? undefined : [...markedWith(PARAM_MARK, params), ...markedWith(TAG_MARK, tags)];

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
  const metrics = markedWith(POINT_MARK, needs.metrics);
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
  b.startTimeMs - a.startTimeMs || (a.runId < b.runId ? -1 : 1);

const FEWEST = 5;

/** The runs that are hoped for come from all experiments together. */
const hopedOfEach = ({ hoped, experimentIds }: RunScan): { hoped?: number } =>
  hoped === undefined ? {} : { hoped: Math.max(Math.ceil(hoped / experimentIds.length), FEWEST) };

const scanTogether = (table: Table, scan: RunScan): AsyncIterable<readonly Run[]> => {
  const partitions = scan.experimentIds.flatMap((id) => shards.map((shard) => runPartition(id, shard)));
  const direction = scan.order === 'oldest-first' ? -1 : 1;
  return mergeSorted(
    partitions.map((pk) => scanShard(table, pk, { ...scan, ...hopedOfEach(scan) })),
    (a, b) => direction * newestFirst(a, b),
  );
};

// Four shards each, in pages of 1 MB.
const EXPERIMENTS_AT_ONCE = 8;

/**
 * Runs of experiments by start time, each with what a search needs, and nothing is kept of what was given on. Where no
 * order is asked for, the experiments come some at a time.
 */
export async function* scanRuns(table: Table, scan: RunScan): AsyncGenerator<readonly Run[]> {
  const ids = scan.experimentIds.filter(mayBeId);
  const together = scan.order ? ids.length : EXPERIMENTS_AT_ONCE;
  for (let at = 0; at < ids.length; at += together)
    yield* scanTogether(table, { ...scan, experimentIds: ids.slice(at, at + together) });
}
