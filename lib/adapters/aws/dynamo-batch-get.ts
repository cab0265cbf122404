import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { PlatformError } from '#core/shared/errors.ts';
import { backOff } from './back-off.ts';
import { chunks } from './chunks.ts';
import type { Item, Table } from './dynamo-table.ts';
import type { Key } from './dynamo-tracking-keys.ts';

const BATCH = 100;
const ATTEMPTS = 8;

const getBatch = async (table: Table, keys: readonly Key[]): Promise<Item[]> => {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === ATTEMPTS)
      throw new PlatformError('UNAVAILABLE', `table ${table.name} is throttled; try again in some seconds`);
    const request = { [table.name]: { Keys: left, ConsistentRead: true } };
    const reply = await table.client.send(new BatchGetCommand({ RequestItems: request }));
    items.push(...((reply.Responses?.[table.name] ?? []) as Item[]));
    const more = (reply.UnprocessedKeys?.[table.name]?.Keys ?? []) as Record<string, unknown>[];
    // A reply ends at 16 MB too: as long as it brings something on, there is nothing to wait for.
    if (more.length === left.length) await backOff(attempt + 1);
    else attempt = -1;
    left = more;
  }
  return items;
};

export const keyText = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** The items of those keys that are there, as they stand now: 100 a request, requests at once. */
export const getItems = async (table: Table, all: readonly Key[]): Promise<Map<string, Item>> => {
  const keys = [...new Map(all.map((key) => [keyText(key), key])).values()];
  const batches = chunks(keys, BATCH).map((some) => getBatch(table, some));
  return new Map((await Promise.all(batches)).flat().map((item) => [keyText(item), item]));
};
