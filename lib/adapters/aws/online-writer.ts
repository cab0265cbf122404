import { setTimeout as sleep } from 'node:timers/promises';
import { type CancellationReason, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PlatformError } from '#core/shared/errors.ts';
import type { ItemRows } from './online-batches.ts';
import { itemExpiry } from './online-layout.ts';
import { type Refused, refusalOf } from './online-refusal.ts';
import { type Expectation, type ItemWrite, replanned, updateOf } from './online-update.ts';

const MOST_ATTEMPTS = 10;

export interface WriteTarget {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly longestWaitMs: number;
  /** What the items of this load are likely to look like: learnt from the last one that was seen. */
  lean: Extract<Expectation, string>;
}

export interface Written {
  readonly written: number;
  readonly skippedOlder: number;
  readonly refused: readonly Refused[];
}

/** How one item of a request fared; no code: it would have been written. */
type Fate = Pick<CancellationReason, 'Code' | 'Item' | 'Message'>;

// Another writer, or more writes than the table takes at this moment.
const passing = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

interface Failure {
  readonly name?: string;
  readonly message?: string;
  readonly Item?: CancellationReason['Item'];
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** @throws what has nothing to do with the items */
const fatesOf = (error: unknown, count: number): readonly Fate[] => {
  const { name = '', message = '', Item, CancellationReasons } = (error ?? {}) as Failure;
  if (CancellationReasons) return CancellationReasons;
  const all = (fate: Fate): Fate[] => Array.from({ length: count }, () => fate);
  if (name === 'ConditionalCheckFailedException') return all({ Code: 'ConditionalCheckFailed', ...(Item && { Item }) });
  if (passing.has(name)) return all({ Code: 'ThrottlingError' });
  // Of several it does not say which is at fault: each is tried by itself then.
  if (name === 'ValidationException') return all({ Code: count > 1 ? 'Alone' : 'ValidationError', Message: message });
  throw error;
};

/** Undefined when all were written. One item alone costs half of what it costs in a transaction. */
const attempt = async ({ client, table }: WriteTarget, writes: readonly ItemWrite[]) => {
  const updates = writes.map((write) => updateOf(table, write));
  const [only] = updates;
  try {
    if (only && updates.length === 1) await client.send(new UpdateItemCommand(only));
    else await client.send(new TransactWriteItemsCommand({ TransactItems: updates.map((Update) => ({ Update })) }));
    return undefined;
  } catch (error) {
    return fatesOf(error, writes.length);
  }
};

// Full jitter: writers that met once do not meet again.
const pause = (attempts: number, longestWaitMs: number) =>
  sleep(Math.random() * Math.min(longestWaitMs, 50 * 2 ** attempts));

interface Round {
  readonly again: ItemWrite[];
  readonly alone: ItemWrite[];
  readonly refused: Refused[];
  /** Whether somebody else was in the way, so that a moment's wait helps. */
  isBusy: boolean;
}

const sort = (round: Round, write: ItemWrite, { Code = 'None', Item, Message = '' }: Fate): void => {
  if (Code === 'None') round.again.push(write);
  else if (passing.has(Code)) {
    round.again.push(write);
    round.isBusy = true;
  } else if (Code === 'ConditionalCheckFailed') {
    round.isBusy ||= typeof write.expects === 'object';
    const next = replanned(write, Item);
    if (next.rows.length > 0) round.again.push(next);
  } else if (Code === 'Alone' || write.rows.length > 1)
    // Its views may fit one by one; all but one find the item as the one before left it.
    for (const row of write.rows) round.alone.push({ ...write, rows: [row] });
  else round.refused.push(...write.rows.map((row) => refusalOf(row, Message)));
};

const rowsIn = (writes: readonly ItemWrite[]): number => writes.reduce((sum, { rows }) => sum + rows.length, 0);

const learn = (target: WriteTarget, writes: readonly ItemWrite[], fates: readonly Fate[]): void => {
  const at = fates.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
  const write = writes[at];
  if (!write) return;
  const item = fates[at]?.Item;
  const { expects } = replanned(write, item);
  if (typeof expects !== 'object') return;
  target.lean = item && expects.becomes === itemExpiry(item) ? 'keep' : 'raise';
};

const settle = async (target: WriteTarget, first: readonly ItemWrite[]): Promise<Written> => {
  let waiting = first;
  let attempts = 0;
  const refused: Refused[] = [];
  const alone: ItemWrite[] = [];
  while (waiting.length > 0) {
    const fates = await attempt(target, waiting);
    if (!fates) break;
    learn(target, waiting, fates);
    const round: Round = { again: [], alone, refused, isBusy: false };
    for (const [i, write] of waiting.entries()) sort(round, write, fates[i] ?? {});
    waiting = round.again;
    if (round.isBusy) await pause(attempts++, target.longestWaitMs);
    if (attempts >= MOST_ATTEMPTS) throw tooBusy(rowsIn(waiting));
  }
  const parts = await inTurn(target, alone);
  const written = rowsIn(waiting) + parts.written;
  const all = [...refused, ...parts.refused];
  return { written, refused: all, skippedOlder: rowsIn(first) - written - all.length };
};

const inTurn = async (target: WriteTarget, alone: readonly ItemWrite[]): Promise<Written> => {
  let total: Written = { written: 0, skippedOlder: 0, refused: [] };
  for (const write of alone) {
    const next = await settle(target, [write]);
    total = {
      written: total.written + next.written,
      skippedOlder: total.skippedOlder + next.skippedOlder,
      refused: [...total.refused, ...next.refused],
    };
  }
  return total;
};

const tooBusy = (rows: number): PlatformError =>
  new PlatformError('UNAVAILABLE', `the online table was too busy for ${rows} rows; run it again`);

/** Writes one transaction's items, as often as it takes. */
export const writeItems = (target: WriteTarget, items: readonly ItemRows[]): Promise<Written> =>
  settle(
    target,
    items.map((rows) => ({ pk: rows[0]?.pk ?? '', rows, expects: target.lean })),
  );
