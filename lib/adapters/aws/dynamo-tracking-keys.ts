import { createHash } from 'node:crypto';
import type { RunInfo } from '#contracts/tracking.ts';
import type { Item } from './dynamo-table.ts';

/**
 * TRACKING_TABLE, one design for points, searches and lists:
 * - EXPERIMENTS / {experimentId}                 an experiment; ids grow with time, so backwards is newest first
 * - NAME#{name} / NAME                           keeps names unique
 * - RUN#{runId} / RUN                            where the run's items stand: never changes
 * - E#{experimentId}#{shard} / {sort}#A          the run's info, and beside it …#P#{key} params, …#T#{key} tags,
 *                                                …#L#{bucket} latest points, …#I#{digest} inputs
 * - H#{runId}#{bucket} / {sha256}                points of one batch, for the history
 * All summaries of an experiment's runs stand together, so that a search reads pages instead of runs; shards let it read
 * them at once and keep busy experiments below one partition's write limit. No index: it would lag behind the writes.
 */
export const RUN_SHARDS = 4;
export const LATEST_BUCKETS = 8;
export const HISTORY_BUCKETS = 16;

const LAST_TIME = 99_999_999_999_999;

/** Sorts newest start first, then by id. */
export const runSort = ({ startTimeMs, runId }: Pick<RunInfo, 'startTimeMs' | 'runId'>): string => {
  const time = Math.min(Math.max(startTimeMs, 0), LAST_TIME);
  return `${String(LAST_TIME - time).padStart(14, '0')}#${runId}`;
};

export const runPartition = (experimentId: string, shard: number): string => `E#${experimentId}#${shard}`;
export const shardOf = (runId: string): number => Number.parseInt(runId.slice(0, 4), 16) % RUN_SHARDS;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const bucketOf = (key: string, buckets: number): number =>
  Number.parseInt(sha256(key).slice(0, 8), 16) % buckets;

/** Where a run's items stand. */
export interface RunPlace {
  readonly pk: string;
  readonly sort: string;
}

export const placeOf = (info: RunInfo): RunPlace => ({
  pk: runPartition(info.experimentId, shardOf(info.runId)),
  sort: runSort(info),
});

export const historyPartition = (runId: string, key: string): string => `H#${runId}#${bucketOf(key, HISTORY_BUCKETS)}`;

export const tagItem = ({ pk, sort }: RunPlace, key: string, value: string): Item => ({
  pk,
  sk: `${sort}#T#${key}`,
  v: value,
});
export const paramItem = ({ pk, sort }: RunPlace, key: string, value: string): Item => ({
  pk,
  sk: `${sort}#P#${key}`,
  v: value,
});
