import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { OnlineItem } from '#contracts/serving.ts';
import type { FeatureLookup } from '#core/serving/index.ts';

/** DynamoDB's limit for one BatchGetItem. */
const MOST_KEYS = 100;
const MOST_ROUNDS = 5;

const byKey = (items: readonly unknown[]): [string, OnlineItem][] =>
  items.map((item) => OnlineItem.parse(item)).map((item) => [item.pk, item]);

/** FeatureLookup on the online table: one key by GetItem, more by BatchGetItem. */
export const dynamoFeatureLookup = (client: DynamoDBDocumentClient, tableName: string): FeatureLookup => {
  const getOne = async (pk: string): Promise<[string, OnlineItem][]> => {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { pk } }));
    return Item ? byKey([Item]) : [];
  };

  const getMany = async (keys: readonly string[]): Promise<[string, OnlineItem][]> => {
    const found: [string, OnlineItem][] = [];
    let left = keys.map((pk): Record<string, unknown> => ({ pk }));
    for (let round = 0; left.length > 0; round += 1) {
      // A throttled table hands keys back; asking again at once would only be throttled again.
      if (round === MOST_ROUNDS) throw new Error(`${tableName} left ${left.length} of ${keys.length} keys unread`);
      if (round > 0) await sleep(25 * 2 ** round * (0.5 + Math.random()));
      const reply = await client.send(new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left } } }));
      found.push(...byKey(reply.Responses?.[tableName] ?? []));
      left = reply.UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return found;
  };

  return {
    find: async (keys) => {
      const [only] = keys;
      if (keys.length === 1 && only !== undefined) return new Map(await getOne(only));
      const chunks: (readonly string[])[] = [];
      for (let start = 0; start < keys.length; start += MOST_KEYS) chunks.push(keys.slice(start, start + MOST_KEYS));
      return new Map((await Promise.all(chunks.map(getMany))).flat());
    },
  };
};
