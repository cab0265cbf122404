import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Page, PageQuery } from '#contracts/common.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';
import { backOff } from './back-off.ts';
import { chunks } from './chunks.ts';

/** A table with string keys pk and sk. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}
export type Item = Record<string, unknown> & { readonly pk: string; readonly sk: string };
export type WriteItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** One item as it stands now. */
export const getItem = async (table: Table, pk: string, sk: string): Promise<Item | undefined> => {
  const command = new GetCommand({ TableName: table.name, Key: { pk, sk }, ConsistentRead: true });
  return (await table.client.send(command)).Item as Item | undefined;
};

/** One conditional update: false when its condition does not hold. */
export const updateIf = async ({ client }: Table, input: UpdateCommandInput): Promise<boolean> => {
  try {
    await client.send(new UpdateCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

export interface Range {
  readonly pk: string;
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Only sort keys behind this one, in the direction of reading. */
  readonly after?: string | undefined;
  /** Greatest sort key first. */
  readonly reverse?: boolean;
  /** Stops once that many are there. */
  readonly limit?: number;
  /** Only items that have this attribute. They are read and paid for all the same. */
  readonly having?: string;
}

// A prefix with an `after` cannot be one key condition, so the prefix becomes the far bound: no key goes past it.
const END_OF_PREFIX = '\u{10ffff}';
const bounds = ({ prefix = '', after, reverse }: Range): { low: string; high: string } => ({
  low: !reverse && after !== undefined ? `${after}\u0000` : prefix || '\u0000',
  high: prefix + END_OF_PREFIX,
});

const queryInput = (table: Table, range: Range) => {
  const { low, high } = bounds(range);
  return {
    TableName: table.name,
    ConsistentRead: true,
    ScanIndexForward: range.reverse !== true,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
    ExpressionAttributeValues: { ':pk': range.pk, ':low': low, ':high': high },
    ...(range.having !== undefined && {
      FilterExpression: 'attribute_exists(#having)',
      ExpressionAttributeNames: { '#having': range.having },
    }),
    ...(range.reverse && range.after !== undefined && { ExclusiveStartKey: { pk: range.pk, sk: range.after } }),
  };
};

/** The items of a range, all pages, as they stand now. */
export const queryItems = async (table: Table, range: Range): Promise<Item[]> => {
  const items: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const left = range.limit === undefined ? {} : { Limit: range.limit - items.length };
    const input = { ...queryInput(table, range), ...(start && { ExclusiveStartKey: start }), ...left };
    const reply = await table.client.send(new QueryCommand(input));
    items.push(...((reply.Items ?? []) as Item[]));
    start = reply.LastEvaluatedKey;
  } while (start && (range.limit === undefined || items.length < range.limit));
  return items;
};

/**
 * The sort key that a page begins behind.
 * @throws INVALID_REQUEST for a token of another range, which would lead out of this one
 */
export const afterOf = ({ prefix = '' }: Range, page: Pick<PageQuery, 'pageToken'>): string | undefined => {
  const after = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  if (after === undefined || after.startsWith(prefix)) return after;
  throw new PlatformError('INVALID_REQUEST', 'pageToken belongs to another list; leave it out to start anew');
};

/** One page of a range. The token is the last sort key, so it opens no other partition. */
export const queryPage = async (table: Table, range: Range, page: PageQuery): Promise<Page<Item>> => {
  const after = afterOf(range, page);
  const found = await queryItems(table, { ...range, after, limit: page.maxResults + 1 });
  const items = found.slice(0, page.maxResults);
  const last = items.at(-1);
  return last && found.length > items.length ? { items, nextPageToken: pageToken(last.sk) } : { items };
};

const BATCH = 25;
const ATTEMPTS = 8;

const putBatch = async (table: Table, items: readonly Item[]): Promise<void> => {
  let left: Record<string, unknown>[] = items.map((item) => ({ PutRequest: { Item: item } }));
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === ATTEMPTS)
      throw new PlatformError('UNAVAILABLE', `table ${table.name} is throttled; try again in some seconds`);
    if (attempt > 0) await backOff(attempt);
    const reply = await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: left } }));
    left = (reply.UnprocessedItems?.[table.name] ?? []) as Record<string, unknown>[];
  }
};

/** Writes items over whatever stands at their keys, 25 a request, requests at once; of two with one key the last. */
export const putItems = async (table: Table, all: readonly Item[]): Promise<void> => {
  // DynamoDB refuses a batch that names a key twice.
  const items = [...new Map(all.map((item) => [JSON.stringify([item.pk, item.sk]), item])).values()];
  await Promise.all(chunks(items, BATCH).map((some) => putBatch(table, some)));
};

/**
 * Whether a transaction was refused only because others wrote meanwhile, so that reading again and deciding again
 * helps. Every other refusal comes again however often one tries.
 */
export const isConflict = (error: unknown): boolean => {
  const reasons = refusals(error)?.filter((reason) => reason !== 'None') ?? [];
  return reasons.length > 0 && reasons.every((reason) => CONFLICTS.has(reason));
};
const CONFLICTS = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

const firstReason = (error: unknown): string => {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const reason = reasons.find(({ Code = 'None' }) => Code !== 'None' && !CONFLICTS.has(Code));
  return reason?.Message ?? reason?.Code ?? 'no reason was given';
};

/** A refusal that is no conflict as the platform's own error; other errors as they came. */
export const refusalFault = (error: unknown): unknown => {
  const reasons = refusals(error);
  if (!reasons) return error;
  if (reasons.some((reason) => reason === 'ValidationError' || reason === 'ItemCollectionSizeLimitExceeded'))
    return new PlatformError(
      'INVALID_REQUEST',
      `this cannot be stored: ${firstReason(error)}; send less or smaller values`,
    );
  return new PlatformError('UNAVAILABLE', `the store did not take the write: ${firstReason(error)}; try again`);
};

/** Why a transaction was refused, by item: ConditionalCheckFailed, TransactionConflict… Undefined for other errors. */
export const refusals = (error: unknown): readonly string[] | undefined =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None')
    : undefined;
