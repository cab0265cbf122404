import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  GetItemCommand,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OnlineItem } from '#contracts/online.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { chunks } from './chunks.ts';
import { type Attributes, attributesOf, toItem } from './online-layout.ts';

/** DynamoDB's limit for one BatchGetItem. */
const MOST_KEYS = 100;
/** Of a partition key, in bytes: no item has a longer one, and one such key would sink all the others of its request. */
const MOST_KEY_BYTES = 2_048;
/** Names of more views do not fit an expression's 4 KB; their items are read whole. */
const MOST_NAMED_VIEWS = 200;
const REQUESTS_AT_ONCE = 16;
const MOST_ROUNDS = 6;
const FIRST_WAIT_MS = 25;

interface ReadOptions {
  readonly views?: readonly string[] | undefined;
  readonly consistent?: boolean | undefined;
}
type How = Omit<KeysAndAttributes, 'Keys'>;
interface ReadTarget {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  readonly table: string;
}

const howOf = ({ views, consistent }: ReadOptions): How => {
  const strong = consistent ? { ConsistentRead: true } : {};
  if (!views || views.length > MOST_NAMED_VIEWS) return strong;
  const names = views.flatMap((view) => Object.values(attributesOf(view)));
  return {
    ...strong,
    ProjectionExpression: ['pk', ...names.map((_, i) => `#${i}`)].join(','),
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#${i}`, name])) }),
  };
};

const getOne = async ({ client, table }: ReadTarget, pk: string, how: How): Promise<OnlineItem[]> => {
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk } }, ...how }));
  return Item ? [toItem(Item)] : [];
};

const getBatch = async ({ client, table }: ReadTarget, keys: readonly string[], how: How): Promise<OnlineItem[]> => {
  const found: OnlineItem[] = [];
  let left: Attributes[] = keys.map((pk) => ({ pk: { S: pk } }));
  for (let round = 0; left.length > 0; ) {
    const request: Record<string, KeysAndAttributes> = { [table]: { Keys: left, ...how } };
    const reply: BatchGetItemCommandOutput = await client.send(new BatchGetItemCommand({ RequestItems: request }));
    found.push(...(reply.Responses?.[table] ?? []).map(toItem));
    const more = reply.UnprocessedKeys?.[table]?.Keys ?? [];
    // A reply ends at 16 MB too: as long as it brings something on, there is nothing to wait for.
    round = more.length < left.length ? 0 : round + 1;
    if (round === MOST_ROUNDS)
      throw new PlatformError('UNAVAILABLE', `the online table left ${more.length} of ${keys.length} keys unread`);
    // A throttled table hands keys back; asking again at once would only be throttled again.
    if (round > 0) await sleep(FIRST_WAIT_MS * 2 ** round * Math.random());
    left = more;
  }
  return found;
};

const getMany = async (target: ReadTarget, keys: readonly string[], how: How): Promise<OnlineItem[]> => {
  const found: OnlineItem[] = [];
  const batches = chunks(keys, MOST_KEYS).values();
  // All workers draw from one list.
  const worker = async (): Promise<void> => {
    for (const some of batches) found.push(...(await getBatch(target, some, how)));
  };
  await Promise.all(Array.from({ length: Math.min(REQUESTS_AT_ONCE, keys.length) }, worker));
  return found;
};

// A character has three bytes at most, so that hardly any key is measured.
const fitsKey = (key: string): boolean => key.length * 3 <= MOST_KEY_BYTES || Buffer.byteLength(key) <= MOST_KEY_BYTES;

/** One key by GetItem, more by BatchGetItem, 100 a request, some requests at once. */
export const readItems = async (target: ReadTarget, all: readonly string[], options: ReadOptions = {}) => {
  const how = howOf(options);
  const keys = [...new Set(all)].filter(fitsKey);
  const [only] = keys;
  const items =
    keys.length === 1 && only !== undefined ? await getOne(target, only, how) : await getMany(target, keys, how);
  return new Map(items.map((item) => [item.pk, item]));
};
