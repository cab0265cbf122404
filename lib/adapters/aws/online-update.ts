import type { Update } from '@aws-sdk/client-dynamodb';
import type { OnlineRow } from '#contracts/online.ts';
import {
  type Attributes,
  attributesOf,
  EXPIRES_AT,
  expiryOf,
  itemExpiry,
  orderKey,
  timesOf,
  viewsOf,
} from './online-layout.ts';

/**
 * What a write expects of the item's own expiry, which is the latest of its views': that it raises it, that it stays
 * below it, or, once the item was seen, just what it was. DynamoDB has no greatest() to spare the guess.
 */
export type Expectation =
  | 'raise'
  | 'keep'
  | { readonly was: number | undefined; readonly becomes: number | undefined; readonly isNew: boolean };

/** The newest row of each view of one item. */
export interface ItemWrite {
  readonly pk: string;
  readonly rows: readonly OnlineRow[];
  readonly expects: Expectation;
}

/** Undefined when one of them holds for ever. */
const latest = (all: readonly (number | undefined)[]): number | undefined =>
  all.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.max(a, b)), 0);

/** A view that held for ever until now may be why the item has no expiry: only a look at it tells. */
const heldForEver = (rows: readonly OnlineRow[]): string =>
  rows.map((_, i) => `attribute_exists(#x${i}) OR attribute_not_exists(#t${i})`).join(') AND (');

interface Expiry {
  readonly condition: string;
  /** Undefined leaves it as it is. */
  readonly action?: 'SET' | 'REMOVE';
  readonly value?: number | undefined;
}

const asSeen = ({ was, becomes, isNew }: Exclude<Expectation, string>): Expiry => {
  const condition = was === undefined ? `attribute_not_exists(${EXPIRES_AT})` : `${EXPIRES_AT} = :was`;
  const changed = becomes === undefined ? 'REMOVE' : 'SET';
  return {
    condition: isNew ? 'attribute_not_exists(pk)' : condition,
    ...(was !== becomes && { action: changed, value: becomes }),
  };
};

const expiryPlan = ({ rows, expects }: ItemWrite): Expiry => {
  const mine = latest(rows.map((row) => row.expiresAt));
  if (mine === undefined) return { condition: '', action: 'REMOVE' };
  if (typeof expects === 'object') return asSeen(expects);
  if (expects === 'raise')
    return { condition: `attribute_not_exists(pk) OR ${EXPIRES_AT} <= :e`, action: 'SET', value: mine };
  const other = `attribute_not_exists(${EXPIRES_AT}) AND (${heldForEver(rows)})`;
  return { condition: `attribute_exists(pk) AND (${EXPIRES_AT} >= :e OR (${other}))`, value: mine };
};

const expressions = (write: ItemWrite, plan: Expiry) => {
  const sets = write.rows.flatMap((row, i) => [
    `#v${i} = :v${i}`,
    `#t${i} = :t${i}`,
    ...(row.expiresAt === undefined ? [] : [`#x${i} = :x${i}`]),
  ]);
  const removes = write.rows.flatMap((row, i) => (row.expiresAt === undefined ? [`#x${i}`] : []));
  if (plan.action === 'SET') sets.push(`${EXPIRES_AT} = :e`);
  if (plan.action === 'REMOVE') removes.push(EXPIRES_AT);
  const newest = write.rows.map((_, i) => `(attribute_not_exists(#t${i}) OR #t${i} <= :t${i})`);
  return {
    UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
    ConditionExpression: [...newest, ...(plan.condition ? [`(${plan.condition})`] : [])].join(' AND '),
  };
};

const namesOf = (rows: readonly OnlineRow[]): Record<string, string> =>
  Object.fromEntries(
    rows.flatMap(({ view }, i) => {
      const { values, times, expiry } = attributesOf(view);
      return [
        [`#v${i}`, values],
        [`#t${i}`, times],
        [`#x${i}`, expiry],
      ];
    }),
  );

const valuesOf = ({ rows, expects }: ItemWrite, { condition, value }: Expiry): Attributes => {
  const named: Attributes = {};
  for (const [i, row] of rows.entries()) {
    named[`:v${i}`] = { S: JSON.stringify(row.values) };
    named[`:t${i}`] = { S: orderKey(row) };
    if (row.expiresAt !== undefined) named[`:x${i}`] = { N: String(row.expiresAt) };
  }
  if (value !== undefined) named[':e'] = { N: String(value) };
  if (condition.endsWith(':was') && typeof expects === 'object') named[':was'] = { N: String(expects.was) };
  return named;
};

/** The conditional update that puts the rows into their item; where it does not hold, DynamoDB tells what is there. */
export const updateOf = (table: string, write: ItemWrite): Update & { UpdateExpression: string } => {
  const plan = expiryPlan(write);
  return {
    TableName: table,
    Key: { pk: { S: write.pk } },
    ...expressions(write, plan),
    ExpressionAttributeNames: namesOf(write.rows),
    ExpressionAttributeValues: valuesOf(write, plan),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
};

/** The same write after the item was seen: without the rows that are older, expecting what is there. */
export const replanned = (write: ItemWrite, seen: Attributes | undefined): ItemWrite => {
  const there = seen ?? {};
  const rows = write.rows.filter((row) => (timesOf(there, row.view) ?? '') <= orderKey(row));
  const mine = new Set(rows.map(({ view }) => view));
  const others = viewsOf(there).filter((view) => !mine.has(view));
  const ofAll = latest([...others.map((view) => expiryOf(there, view)), ...rows.map((row) => row.expiresAt)]);
  const was = itemExpiry(there);
  // Never sooner than it was: meanwhile another writer may have relied on it for a view that this one has not seen.
  const becomes = was === undefined ? ofAll : latest([was, ofAll]);
  return { pk: write.pk, rows, expects: { was, becomes, isNew: seen === undefined } };
};
