import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Page, PageQuery } from '#contracts/common.ts';
import { type Run, RunInfo } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { RunChange } from '#core/tracking/index.ts';
import { pageFrom, sortKeyOf } from '../system/page-token.ts';
import { runOf, sortOf } from './dynamo-run-items.ts';
import { getItem, type Item, isConflict, putItems, queryItems, refusalFault, type Table } from './dynamo-table.ts';
import { placeOf, RUN_SHARDS, type RunPlace, runPartition, runSort, tagItem } from './dynamo-tracking-keys.ts';

/** Where a run stands; it never moves, so whoever asked once need not ask again. */
export type FindPlace = (runId: string) => Promise<RunPlace | undefined>;

const PLACES_KEPT = 10_000;
export const placeFinder = (table: Table): FindPlace => {
  const known = new Map<string, RunPlace>();
  return async (runId) => {
    const place = known.get(runId) ?? ((await getItem(table, `RUN#${runId}`, 'RUN'))?.place as RunPlace | undefined);
    if (known.size >= PLACES_KEPT) known.clear();
    if (place) known.set(runId, place);
    return place;
  };
};

export const requirePlace = async (find: FindPlace, runId: string): Promise<RunPlace> => {
  const place = await find(runId);
  if (!place) throw new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"`, { runId });
  return place;
};

export const findRun = async (table: Table, find: FindPlace, runId: string): Promise<Run | undefined> => {
  const place = await find(runId);
  return place && runOf(await queryItems(table, { pk: place.pk, prefix: `${place.sort}#` }));
};

export const findRunInfo = async (table: Table, find: FindPlace, runId: string): Promise<RunInfo | undefined> => {
  const place = await find(runId);
  const item = place && (await getItem(table, place.pk, `${place.sort}#A`));
  return item && RunInfo.parse(item);
};

// A transaction takes 100 items: the run, its place, and tags as far as they fit; more tags follow right behind.
const TAGS_AT_ONCE = 98;

export const createRun = async (table: Table, find: FindPlace, run: Run): Promise<Run> => {
  const place = placeOf(run.info);
  const tags = Object.entries(run.tags).map(([key, value]) => tagItem(place, key, value));
  const fresh = { TableName: table.name, ConditionExpression: 'attribute_not_exists(pk)' };
  const writes = [
    { Put: { ...fresh, Item: { pk: `RUN#${run.info.runId}`, sk: 'RUN', place } } },
    { Put: { ...fresh, Item: { pk: place.pk, sk: `${place.sort}#A`, ...run.info } } },
    ...tags.slice(0, TAGS_AT_ONCE).map((Item) => ({ Put: { TableName: table.name, Item } })),
  ];
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
    await putItems(table, tags.slice(TAGS_AT_ONCE));
    return run;
  } catch (error) {
    const stored = isConflict(error) && (await findRun(table, find, run.info.runId));
    if (!stored) throw refusalFault(error);
    return stored;
  }
};

/** Writes the given fields over the run's info. */
export const updateRun = async (table: Table, place: RunPlace, change: RunChange): Promise<RunInfo> => {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  const input = {
    TableName: table.name,
    Key: { pk: place.pk, sk: `${place.sort}#A` },
    UpdateExpression: `SET ${fields.map((_, i) => `#f${i} = :v${i}`).join(', ')}`,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: Object.fromEntries(fields.map(([name], i) => [`#f${i}`, name])),
    ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], i) => [`:v${i}`, value])),
    ReturnValues: 'ALL_NEW' as const,
  };
  try {
    return RunInfo.parse((await table.client.send(new UpdateCommand(input))).Attributes);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new PlatformError('RUN_NOT_FOUND', 'the run is not there any more');
  }
};

const group = (items: readonly Item[]): Item[][] => [...Map.groupBy(items, sortOf).values()];

const ITEMS_A_RUN = 30;

interface Slice {
  readonly pk: string;
  readonly after: string | undefined;
  readonly wanted: number;
}

/** The first `wanted` runs of a shard behind a sort key, whole. */
const runsOfShard = async (table: Table, { pk, after, wanted }: Slice): Promise<Run[]> => {
  let last = after && `${after}#~`;
  const items: Item[] = [];
  for (;;) {
    const limit = wanted * ITEMS_A_RUN;
    const more = await queryItems(table, { pk, after: last, limit });
    items.push(...more);
    last = more.at(-1)?.sk;
    const groups = group(items);
    const ended = more.length < limit;
    // The last run of an unfinished reading may lack some of its items.
    if (ended || groups.length > wanted) return groups.slice(0, wanted).flatMap((all) => runOf(all) ?? []);
  }
};

/** Newest start first: the shards are read at once and merged. */
export const listRuns = async (table: Table, experimentId: string, page: PageQuery): Promise<Page<Run>> => {
  const after = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  const shards = Array.from({ length: RUN_SHARDS }, (_, shard) => runPartition(experimentId, shard));
  const wanted = page.maxResults + 1;
  const found = (await Promise.all(shards.map((pk) => runsOfShard(table, { pk, after, wanted })))).flat();
  const keyOf = (run: Run): string => runSort(run.info);
  return pageFrom(
    found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    keyOf,
    page,
  );
};
