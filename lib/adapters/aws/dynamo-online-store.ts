import { setTimeout as sleep } from 'node:timers/promises';
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { OnlineItem } from '#contracts/serving.ts';
import type { OnlineStore, OnlineWrite } from '#core/features/ports.ts';
import { PlatformError } from '#core/shared/errors.ts';

// The most that one transaction takes. A transaction is the only bulk write with conditions: it costs two write units
// an item, and a tenth of the requests and of the time of single conditional puts.
const ITEMS_A_TRANSACTION = 100;
const TRANSACTIONS_AT_ONCE = 8;
const MOST_ATTEMPTS = 10;
const LONGEST_WAIT_MS = 5_000;

interface Target {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly longestWaitMs: number;
}

// Another writer, or more writes than the table takes at this moment.
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

const reasonsOf = (error: unknown): readonly CancellationReason[] => {
  const { name, CancellationReasons } = (error ?? {}) as { name?: string; CancellationReasons?: CancellationReason[] };
  if (name !== 'TransactionCanceledException' || !CancellationReasons) throw error;
  const broken = CancellationReasons.find(({ Code = 'None' }) => !isExpected(Code));
  if (broken)
    throw new PlatformError('UNAVAILABLE', `the online table refused an item: ${broken.Code} ${broken.Message}`);
  return CancellationReasons;
};

const isExpected = (code: string): boolean => code === 'None' || code === 'ConditionalCheckFailed' || passing.has(code);

const put = (table: string, item: OnlineItem) => ({
  Put: {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk) OR eventTime <= :mine',
    ExpressionAttributeValues: { ':mine': item.eventTime },
  },
});

/** Answers the reasons of a refusal, item by item; undefined when all were written. */
const attempt = async ({ client, table }: Target, items: readonly OnlineItem[]) => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: items.map((item) => put(table, item)) }));
    return undefined;
  } catch (error) {
    return reasonsOf(error);
  }
};

// Full jitter: writers that met once do not meet again.
const pause = (attempts: number, longestWaitMs: number) =>
  sleep(Math.random() * Math.min(longestWaitMs, 50 * 2 ** attempts));

const putAll = async (target: Target, items: readonly OnlineItem[]) => {
  let waiting = items;
  let attempts = 0;
  while (waiting.length > 0) {
    const reasons = await attempt(target, waiting);
    if (!reasons) break;
    const newer = waiting.filter((_, i) => reasons[i]?.Code !== 'ConditionalCheckFailed');
    const busy = reasons.some(({ Code = '' }) => passing.has(Code)) || newer.length === waiting.length;
    waiting = newer;
    if (busy) await pause(attempts++, target.longestWaitMs);
    if (attempts >= MOST_ATTEMPTS)
      throw new PlatformError('UNAVAILABLE', `the online table was too busy for ${waiting.length} items; run it again`);
  }
  return { written: waiting.length, skippedOlder: items.length - waiting.length };
};

async function* inTransactions(batches: AsyncIterable<readonly OnlineItem[]>): AsyncGenerator<readonly OnlineItem[]> {
  for await (const batch of batches)
    for (let at = 0; at < batch.length; at += ITEMS_A_TRANSACTION) yield batch.slice(at, at + ITEMS_A_TRANSACTION);
}

const putNewer = async (target: Target, batches: AsyncIterable<readonly OnlineItem[]>) => {
  const work = inTransactions(batches);
  const total = { written: 0, skippedOlder: 0 };
  const worker = async (): Promise<void> => {
    // All workers draw from one generator; an error in one of them closes it for the others.
    for await (const items of work) {
      const { written, skippedOlder } = await putAll(target, items);
      total.written += written;
      total.skippedOlder += skippedOlder;
    }
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, worker));
  return total satisfies OnlineWrite;
};

/**
 * OnlineStore on a DynamoDB table with the key pk and the TTL attribute expiresAt. A busy table is tried again up to
 * ten times, `longestWaitMs` apart at most. @default 5000
 */
export const dynamoOnlineStore = (
  client: DynamoDBDocumentClient,
  table: string,
  { longestWaitMs = LONGEST_WAIT_MS }: { longestWaitMs?: number } = {},
): OnlineStore => ({
  putNewer: (items) => putNewer({ client, table, longestWaitMs }, items),
  get: async (pk) => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk } }));
    return Item && OnlineItem.parse(Item);
  },
});
