import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { latestOrder } from '../system/metric-order.ts';
import { historyItems } from './dynamo-metric-history.ts';
import { POINT_MARK } from './dynamo-run-items.ts';
import { backOff, getItem, isConflict, putItems, refusalFault, refusals, type Table } from './dynamo-table.ts';
import { bucketOf, LATEST_BUCKETS, paramItem, type RunPlace, tagItem } from './dynamo-tracking-keys.ts';

// An update's expressions end at 4 KB and 300 operators: three operators and about 45 bytes a key.
const KEYS_AN_UPDATE = 50;
const PARAMS_A_TRANSACTION = 100;
const ATTEMPTS = 10;

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

const paramChanged = async (table: Table, place: RunPlace, entries: [string, string][]): Promise<PlatformError> => {
  for (const [key, value] of entries) {
    const stored = await getItem(table, place.pk, paramItem(place, key, value).sk);
    if (stored && stored.v !== value) {
      const message = `param "${key}" is "${String(stored.v)}" already and never changes, got "${value}"; start another run`;
      return new PlatformError('PARAM_CHANGED', message, { key, stored: stored.v, got: value });
    }
  }
  return new PlatformError('UNAVAILABLE', 'the parameters are being written by someone else; try again');
};

/** All of them or none, as long as they are at most 100. */
const putParams = async (table: Table, place: RunPlace, entries: [string, string][]): Promise<void> => {
  const writes = entries.map(([key, value]) => ({
    Put: {
      TableName: table.name,
      Item: paramItem(place, key, value),
      ConditionExpression: 'attribute_not_exists(pk) OR v = :v',
      ExpressionAttributeValues: { ':v': value },
    },
  }));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
      return;
    } catch (error) {
      if (!isConflict(error)) throw refusalFault(error);
      if (refusals(error)?.includes('ConditionalCheckFailed')) throw await paramChanged(table, place, entries);
      await backOff(attempt);
    }
  }
  throw await paramChanged(table, place, entries);
};

/** The greatest point of each key as its order code. */
const latestCodes = (points: readonly MetricPoint[]): Map<string, string> => {
  const codes = new Map<string, string>();
  for (const point of points) {
    const code = latestOrder(point);
    if (code > (codes.get(point.key) ?? '')) codes.set(point.key, code);
  }
  return codes;
};

const raiseInput = (table: Table, Key: { pk: string; sk: string }, codes: [string, string][]) => ({
  TableName: table.name,
  Key,
  UpdateExpression: `SET ${codes.map((_, i) => `#${i}=:${i}`).join(',')}`,
  ConditionExpression: codes.map((_, i) => `(attribute_not_exists(#${i}) OR #${i}<=:${i})`).join(' AND '),
  ExpressionAttributeNames: Object.fromEntries(codes.map(([key], i) => [`#${i}`, POINT_MARK + key])),
  ExpressionAttributeValues: Object.fromEntries(codes.map(([, code], i) => [`:${i}`, code])),
});

/**
 * Raises latest points without reading them first: points usually move forward, so the first write nearly always holds.
 * When it does not, the keys that someone raised further are dropped and the others tried again.
 */
const raise = async (table: Table, key: { pk: string; sk: string }, codes: [string, string][]): Promise<void> => {
  let left = codes;
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
    try {
      await table.client.send(new UpdateCommand(raiseInput(table, key, left)));
      return;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const stored = await getItem(table, key.pk, key.sk);
      left = left.filter(([name, code]) => code > String(stored?.[POINT_MARK + name] ?? ''));
    }
  }
  if (left.length > 0) throw new PlatformError('UNAVAILABLE', 'the run is written to by too many at once; try again');
};

const raiseLatest = async (table: Table, place: RunPlace, points: readonly MetricPoint[]): Promise<void> => {
  const buckets = Map.groupBy(latestCodes(points), ([key]) => bucketOf(key, LATEST_BUCKETS));
  const writes = [...buckets].flatMap(([bucket, codes]) =>
    chunks(codes, KEYS_AN_UPDATE).map((some) => raise(table, { pk: place.pk, sk: `${place.sort}#L#${bucket}` }, some)),
  );
  await Promise.all(writes);
};

export interface BatchTarget {
  readonly runId: string;
  readonly place: RunPlace;
}

/** Parameters go first: when one of them is refused, nothing else is written. Every write may be sent twice. */
export const logBatch = async (table: Table, { runId, place }: BatchTarget, batch: RunBatch): Promise<void> => {
  for (const some of chunks(Object.entries(batch.params), PARAMS_A_TRANSACTION)) await putParams(table, place, some);
  const tags = Object.entries(batch.tags).map(([key, value]) => tagItem(place, key, value));
  await Promise.all([
    putItems(table, [...tags, ...historyItems(runId, batch.metrics)]),
    raiseLatest(table, place, batch.metrics),
  ]);
};
