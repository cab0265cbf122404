import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Item, Table } from './dynamo-table.ts';

/** Behind every sort key, or with a prefix before it behind every one that begins so. */
export const END = '\u{10ffff}';

export interface KeyRange {
  readonly pk: string;
  /** Both inclusive. */
  readonly low: string;
  readonly high: string;
  readonly reverse?: boolean;
  /** Most items a request. @default as many as 1 MB holds */
  readonly limit?: number | undefined;
  /** Reads only these attributes, and only items that have one of them. @default whole items */
  readonly attributes?: readonly string[] | undefined;
}

// Expressions end at 4 KB; beyond that many names it is no longer worth it.
const MAX_ATTRIBUTES = 60;

const projection = (attributes: readonly string[] | undefined) => {
  if (!attributes || attributes.length > MAX_ATTRIBUTES) return {};
  const names = attributes.map((_, i) => `#a${i}`);
  return {
    ProjectionExpression: ['pk', 'sk', ...names].join(','),
    FilterExpression: names.map((name) => `attribute_exists(${name})`).join(' OR '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((attribute, i) => [`#a${i}`, attribute])),
  };
};

const inputOf = (table: Table, range: KeyRange) => ({
  TableName: table.name,
  ConsistentRead: true,
  ScanIndexForward: range.reverse !== true,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
  ExpressionAttributeValues: { ':pk': range.pk, ':low': range.low, ':high': range.high },
  ...(range.limit !== undefined && { Limit: range.limit }),
  ...projection(range.attributes),
});

/** The items of a range as they stand now, a request's worth at a time. */
export async function* queryPages(table: Table, range: KeyRange): AsyncGenerator<Item[]> {
  // DynamoDB refuses a range whose ends are the wrong way round, where a search simply finds nothing.
  if (range.low > range.high) return;
  const input = inputOf(table, range);
  let start: Record<string, unknown> | undefined;
  do {
    const reply = await table.client.send(new QueryCommand({ ...input, ...(start && { ExclusiveStartKey: start }) }));
    if (reply.Items && reply.Items.length > 0) yield reply.Items as Item[];
    start = reply.LastEvaluatedKey;
  } while (start);
}

/** All items of a range. */
export const queryAll = async (table: Table, range: KeyRange): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const some of queryPages(table, range)) items.push(...some);
  return items;
};
