import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MetricPoint } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { latestOrder } from '../system/metric-order.ts';
import { chunks } from './chunks.ts';
import { sizeFault } from './dynamo-places.ts';
import type { Item, Table } from './dynamo-table.ts';
import { bucketOf, type Key, LATEST_BUCKETS, type Place, partKey } from './dynamo-tracking-keys.ts';

/** Attributes of an M item that hold points; the mark keeps them apart from pk and sk. */
export const POINT_MARK = 'm:';

// An update's condition ends at 300 operators and 4 KB: four operators and 45 bytes a key.
const KEYS_AN_UPDATE = 70;
const ATTEMPTS = 10;

type Code = readonly [name: string, code: string];

/** The greatest point of each name as its order code. */
const greatest = <P extends MetricPoint>(points: readonly P[], nameOf: (point: P) => string): Code[] => {
  const codes = new Map<string, string>();
  for (const point of points) {
    const [name, code] = [nameOf(point), latestOrder(point)];
    if (code > (codes.get(name) ?? '')) codes.set(name, code);
  }
  return [...codes];
};

const raiseInput = (table: Table, Key: Key, codes: readonly Code[]) => ({
  TableName: table.name,
  Key,
  UpdateExpression: `SET ${codes.map((_, i) => `#${i}=:${i}`).join(',')}`,
  ConditionExpression: codes.map((_, i) => `(attribute_not_exists(#${i}) OR #${i}<=:${i})`).join(' AND '),
  ExpressionAttributeNames: Object.fromEntries(codes.map(([name], i) => [`#${i}`, POINT_MARK + name])),
  ExpressionAttributeValues: Object.fromEntries(codes.map(([, code], i) => [`:${i}`, code])),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

/** What stood there when the write was refused, by attribute. */
const standing = (error: ConditionalCheckFailedException, name: string): string =>
  error.Item?.[POINT_MARK + name]?.S ?? '';

/**
 * Raises latest points without reading them first: points usually move forward, so the first write nearly always holds.
 * When it does not, the refusal says what stands there: keys that someone raised further are dropped, the others tried
 * again.
 */
const raise = async (table: Table, key: Key, codes: readonly Code[]): Promise<void> => {
  let left = codes;
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
    try {
      await table.client.send(new UpdateCommand(raiseInput(table, key, left)));
      return;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw sizeFault(error);
      left = left.filter(([name, code]) => code > standing(error, name));
    }
  }
  if (left.length > 0) throw new PlatformError('UNAVAILABLE', 'the run is written to by too many at once; try again');
};

/** Keeps of every name the latest point, whoever writes at the same time. */
export const raiseLatest = async <P extends MetricPoint>(
  table: Table,
  place: Place,
  { points, nameOf }: { readonly points: readonly P[]; readonly nameOf: (point: P) => string },
): Promise<void> => {
  const buckets = Map.groupBy(greatest(points, nameOf), ([name]) => bucketOf(name, LATEST_BUCKETS));
  const writes = [...buckets].flatMap(([bucket, codes]) =>
    chunks(codes, KEYS_AN_UPDATE).map((some) => raise(table, partKey(place, 'M', String(bucket)), some)),
  );
  await Promise.all(writes);
};

/** Names and order codes of the points in some M items, by name. */
export const codesOf = (items: readonly Item[]): [name: string, code: string][] =>
  items
    .flatMap((item) =>
      Object.entries(item)
        .filter(([name]) => name.startsWith(POINT_MARK))
        .map(([name, code]): [string, string] => [name.slice(POINT_MARK.length), String(code)]),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
