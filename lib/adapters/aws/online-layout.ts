import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { FeatureValue, OnlineItem, OnlineRow, OnlineView } from '#contracts/online.ts';

/** An item as DynamoDB has it. Values are one text a view: JSON.parse is many times faster than unmarshalling a map. */
export type Attributes = Record<string, AttributeValue>;

/** When the whole item may go, for the table's own expiry. Views' attributes all hold a #, so that no name meets another. */
export const EXPIRES_AT = 'expiresAt';
const VALUES = '#v';

/** Names of a view's three attributes. */
export const attributesOf = (view: string) => ({
  /** JSON object of the values. */
  values: `${view}${VALUES}`,
  /** Event and created time: text that sorts as time does. */
  times: `${view}#t`,
  /** Seconds since 1970; absent when the values hold for ever. */
  expiry: `${view}#x`,
});

/** Decides which of two writes is newer. */
export const orderKey = ({ eventTime, createdTime }: Pick<OnlineView, 'eventTime' | 'createdTime'>): string =>
  `${eventTime} ${createdTime}`;

const numberOf = (value: AttributeValue | undefined): number | undefined =>
  value?.N === undefined ? undefined : Number(value.N);

export const expiryOf = (item: Attributes, view: string): number | undefined =>
  numberOf(item[attributesOf(view).expiry]);
export const itemExpiry = (item: Attributes): number | undefined => numberOf(item[EXPIRES_AT]);
export const timesOf = (item: Attributes, view: string): string | undefined => item[attributesOf(view).times]?.S;
export const viewsOf = (item: Attributes): string[] =>
  Object.keys(item).flatMap((name) => (name.endsWith(VALUES) ? [name.slice(0, -VALUES.length)] : []));

/** Undefined for what is no JSON object: one spoilt view must not sink all the other items of a read. */
const valuesOf = (item: Attributes, name: string): Record<string, FeatureValue> | undefined => {
  try {
    const values: unknown = JSON.parse(item[attributesOf(name).values]?.S ?? '{}');
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values);
    return isObject ? (values as Record<string, FeatureValue>) : undefined;
  } catch {
    return undefined;
  }
};

const viewOf = (item: Attributes, name: string): OnlineView | undefined => {
  const values = valuesOf(item, name);
  if (!values) return undefined;
  const [eventTime = '', createdTime = ''] = (timesOf(item, name) ?? '').split(' ');
  const expiresAt = expiryOf(item, name);
  return { values, eventTime, createdTime, ...(expiresAt !== undefined && { expiresAt }) };
};

/** Views that cannot be read are as if they were not stored. */
export const toItem = (item: Attributes): OnlineItem => {
  const views: Record<string, OnlineView> = {};
  for (const name of viewsOf(item)) {
    const view = viewOf(item, name);
    if (view) views[name] = view;
  }
  return { pk: item.pk?.S ?? '', views };
};

/** About the bytes that a row adds to its item. */
export const rowBytes = ({ view, values }: OnlineRow): number =>
  Buffer.byteLength(JSON.stringify(values)) + 3 * view.length + 80;
