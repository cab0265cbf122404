import { createHash } from 'node:crypto';
import type { LoggedModel, RunInfo } from '#contracts/tracking.ts';

/**
 * TRACKING_TABLE, one design for points, searches and lists. No index: it would lag behind the writes.
 * - EXPERIMENTS / {experimentId}      an experiment; ids grow with time, so backwards is newest first
 * - NAME#{name} / NAME                keeps names unique
 * - RUN#{runId} / RUN                 where a run's items stand, MODEL#{modelId} / MODEL a logged model's: never changes
 * - E#{experimentId}#{shard} / …      the runs of an experiment, G#… its logged models, by {sort} = newest start first:
 *   - S                               the experiment's stage (deleting it deletes all its runs by this one write)
 *   - A#{sort}                        info
 *   - D#{sort}                        one attribute for each param (p:), tag (t:), data set (d:), model input (i:) and
 *                                     output (o:); so nobody reads it to change it, and nothing of others is lost
 *   - M#{sort}#{bucket}               one attribute for each metric's latest point (m:)
 *   - X#{sort}#{sha256}               a text too long for D, which holds its name
 * - H#{runId}#{bucket} / {first}#{sha256}   points of one batch in order, named by its first point and its content
 * - DATA#{experimentId} / {sha256}    a data set, once however many runs use it; USES#… each use of it, for the list
 * The letter leads the sort key, so a search reads A and of D and M only what its filter and order ask for, as ranges of
 * 1 MB pages. Shards let it read four at once and keep busy experiments below one partition's write limit.
 */
export const RUN_SHARDS = 4;
export const LATEST_BUCKETS = 4;
export const HISTORY_BUCKETS = 16;

/** Letters of the items a run or a logged model consists of. */
export type Part = 'A' | 'D' | 'M' | 'X';
/** The experiment's stage within a partition of runs. */
export const STAGE_KEY = 'S';

// What is longer is no id: a partition key ends at 2,048 bytes, a sort key at 1,024.
const LONGEST_ID = 250;
/** Whether something may stand under the id. DynamoDB refuses keys that are too long, where nothing is to be found. */
export const mayBeId = (id: string): boolean => id !== '' && id.length <= LONGEST_ID;

// 250 characters of two UTF-16 units each.
const LONGEST_KEY = 500;
/** Whether a metric, param or tag may be called so: DynamoDB refuses to look for attributes of endless names. */
export const mayBeKey = (key: string): boolean => key !== '' && key.length <= LONGEST_KEY;

const LAST_TIME = Number.MAX_SAFE_INTEGER;
// Of twice LAST_TIME.
const TIME_LENGTH = 17;

/** Any start time as text that sorts the latest first. */
export const descendingTime = (timeMs: number | bigint): string => {
  const time = Math.min(Math.max(Number(timeMs), -LAST_TIME), LAST_TIME);
  return String(BigInt(LAST_TIME) - BigInt(time)).padStart(TIME_LENGTH, '0');
};

/** Sorts newest start first, then by id. */
export const runSort = ({ startTimeMs, runId }: Pick<RunInfo, 'startTimeMs' | 'runId'>): string =>
  `${descendingTime(startTimeMs)}#${runId}`;

export const runPartition = (experimentId: string, shard: number): string => `E#${experimentId}#${shard}`;
export const modelPartition = (experimentId: string, shard: number): string => `G#${experimentId}#${shard}`;
export const shardOf = (hex: string): number => Number.parseInt(hex.slice(0, 4), 16) % RUN_SHARDS;
/** Numbers of all shards. */
export const shards: readonly number[] = Array.from({ length: RUN_SHARDS }, (_, shard) => shard);

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Short, and still unlikely to meet another. */
export const nameOf = (...parts: readonly string[]): string => sha256(JSON.stringify(parts)).slice(0, 32);
export const bucketOf = (key: string, buckets: number): number =>
  Number.parseInt(sha256(key).slice(0, 8), 16) % buckets;

/** Where the items of a run or a logged model stand. */
export interface Place {
  readonly pk: string;
  readonly sort: string;
}

export const placeOf = (info: Pick<RunInfo, 'experimentId' | 'startTimeMs' | 'runId'>): Place => ({
  pk: runPartition(info.experimentId, shardOf(info.runId)),
  sort: runSort(info),
});

export const modelPlace = ({ experimentId, modelId, creationTimeMs }: LoggedModel): Place => {
  const hex = modelId.slice('m-'.length);
  return {
    pk: modelPartition(experimentId, shardOf(hex)),
    sort: runSort({ startTimeMs: creationTimeMs, runId: hex }),
  };
};

/** @example experimentOf({ pk: 'E#17#3', sort: '…' }) // '17' */
export const experimentOf = ({ pk }: Place): string => pk.slice(pk.indexOf('#') + 1, pk.lastIndexOf('#'));

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export const partKey = ({ pk, sort }: Place, part: Part, rest = ''): Key => ({
  pk,
  sk: rest === '' ? `${part}#${sort}` : `${part}#${sort}#${rest}`,
});
export const latestKeys = (place: Place): Key[] =>
  Array.from({ length: LATEST_BUCKETS }, (_, bucket) => partKey(place, 'M', String(bucket)));

const SORT_LENGTH = TIME_LENGTH + 1 + 32;
/** Of which run an item is. */
export const sortOf = ({ sk }: { readonly sk: string }): string => sk.slice(2, 2 + SORT_LENGTH);

export const historyPartition = (runId: string, key: string): string => `H#${runId}#${bucketOf(key, HISTORY_BUCKETS)}`;
