import { z } from 'zod';
import { ColumnName } from './common.ts';
import { Feature, FeatureType } from './feature-views.ts';

export const FeatureValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type FeatureValue = z.infer<typeof FeatureValue>;

/** Newest values of one view for one entity. */
export interface OnlineView {
  /** By feature; null says "known to be missing". A timestamp is seconds since 1970. */
  readonly values: Readonly<Record<string, FeatureValue>>;
  /** When the values became true. ISO 8601, UTC, milliseconds. */
  readonly eventTime: string;
  /** When they became known: decides between values of one event time. */
  readonly createdTime: string;
  /** Seconds since 1970 after which they are not served; absent when they hold for ever. */
  readonly expiresAt?: number;
}

/** All views of a project that share an entity's key, in one item: however many are asked for, it is one read. */
export interface OnlineItem {
  readonly pk: string;
  readonly views: Readonly<Record<string, OnlineView>>;
}

/** Values on their way into the online store. */
export interface OnlineRow extends OnlineView {
  readonly pk: string;
  readonly view: string;
}

/** Column → value of an entity's key; several columns are a composite key. */
export type EntityKey = Readonly<Record<string, string | number>>;

/** Keys of many items with the same columns, whose values come in the order of `columns`, which are sorted. */
export const onlineKeys = (project: string, columns: readonly string[]): ((values: readonly string[]) => string) => {
  const prefix = `${project}/${columns.join('+')}#`;
  return columns.length === 1 ? ([only = '']) => prefix + only : (values) => prefix + JSON.stringify(values);
};

/**
 * Key of an item. The columns of a composite key are sorted, so that their order never matters.
 * @example onlineKey('churn', { customer_id: 'C1' }) // 'churn/customer_id#C1'
 * @example onlineKey('fraud', { user_id: 'U1', merchant_id: 7 }) // 'fraud/merchant_id+user_id#["7","U1"]'
 */
export const onlineKey = (project: string, key: EntityKey): string => {
  const columns = Object.keys(key).sort();
  return onlineKeys(project, columns)(columns.map((column) => String(key[column])));
};

/** What on-demand features are computed from, in the order of computing: it travels with models that take them. */
export const OnDemandParts = z.object({
  requestFields: z.array(Feature),
  /** Stored features that the expressions name. */
  stored: z.array(z.object({ name: ColumnName, type: FeatureType })),
  features: z.array(z.object({ name: ColumnName, type: FeatureType, sql: z.string().min(1).max(4_000) })),
});
export type OnDemandParts = z.infer<typeof OnDemandParts>;

/** Metrics of a materialization in CloudWatch beside those of feature views, dimension Project. */
export const materializationMetrics = {
  rows: 'MaterializedRows',
  /** Rows that were newer than what was online. */
  written: 'MaterializedRowsWritten',
  rowsPerSecond: 'MaterializedRowsPerSecond',
} as const;
