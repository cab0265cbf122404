import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OnlineRow } from '#contracts/online.ts';
import type { OnlineTable, OnlineWrite } from '#core/features/ports.ts';
import { type Batch, type ItemRows, inTransactions } from './online-batches.ts';
import { readItems } from './online-reads.ts';
import { oversize, type Refused, refusedError } from './online-refusal.ts';
import { type WriteTarget, writeItems } from './online-writer.ts';

const TRANSACTIONS_AT_ONCE = 8;
const LONGEST_WAIT_MS = 5_000;

interface Total {
  written: number;
  skippedOlder: number;
  readonly refused: Refused[];
}

/** Leaves out the rows that fit no item, so that they do not sink a transaction. */
const fitting = (items: readonly ItemRows[], refused: Refused[]): ItemRows[] => {
  const fits = (row: OnlineRow): boolean => {
    const reason = oversize(row);
    if (reason) refused.push(reason);
    return reason === undefined;
  };
  return items.map((rows) => rows.filter(fits)).filter((rows) => rows.length > 0);
};

const writeBatch = async (target: WriteTarget, { items, superseded }: Batch, total: Total): Promise<void> => {
  const done = await writeItems(target, fitting(items, total.refused));
  total.written += done.written;
  total.skippedOlder += done.skippedOlder + superseded;
  total.refused.push(...done.refused);
};

const putNewer = async (target: WriteTarget, batches: AsyncIterable<readonly OnlineRow[]>): Promise<OnlineWrite> => {
  const work = inTransactions(batches);
  const total: Total = { written: 0, skippedOlder: 0, refused: [] };
  // All workers draw from one generator; an error in one of them closes it for the others.
  const worker = async (): Promise<void> => {
    for await (const batch of work) await writeBatch(target, batch, total);
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, worker));
  const { written, skippedOlder, refused } = total;
  if (refused.length > 0) throw refusedError(refused, written);
  return { written, skippedOlder };
};

/**
 * OnlineTable on a DynamoDB table with the key pk and the TTL attribute expiresAt (docs/adr/0008). A busy table is tried
 * again up to ten times, `longestWaitMs` apart at most. @default 5000
 */
export const dynamoOnlineTable = (
  client: DynamoDBDocumentClient,
  table: string,
  { longestWaitMs = LONGEST_WAIT_MS }: { longestWaitMs?: number } = {},
): OnlineTable => ({
  putNewer: (batches) => putNewer({ client, table, longestWaitMs, lean: 'raise' }, batches),
  read: (keys, options) => readItems({ client, table }, keys, options),
});
