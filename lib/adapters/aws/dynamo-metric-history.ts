import type { Page, PageQuery } from '#contracts/common.ts';
import type { MetricPoint } from '#contracts/tracking.ts';
import { historyOrder, latestOrder, readPoint } from '../system/metric-order.ts';
import { pageFrom } from '../system/page-token.ts';
import { type Item, queryItems, type Table } from './dynamo-table.ts';
import { historyPartition, sha256 } from './dynamo-tracking-keys.ts';

// An item ends at 400 KB. A point is 48 bytes, a key at most 250 characters.
const POINTS_AN_ITEM = 300;

/**
 * One item for all points of a batch that share a bucket, named by its content: a batch that is sent again writes
 * the same items again.
 */
export const historyItems = (runId: string, points: readonly MetricPoint[]): Item[] => {
  const partitions = Map.groupBy(points, (point) => historyPartition(runId, point.key));
  return [...partitions].flatMap(([pk, all]) =>
    Array.from({ length: Math.ceil(all.length / POINTS_AN_ITEM) }, (_, i) =>
      historyItem(pk, all.slice(i * POINTS_AN_ITEM, (i + 1) * POINTS_AN_ITEM)),
    ),
  );
};

const historyItem = (pk: string, points: readonly MetricPoint[]): Item => {
  const byKey = Map.groupBy(points, (point) => point.key);
  const codes = [...byKey].map(([key, some]) => [key, [...new Set(some.map(latestOrder))].sort()]);
  const text = JSON.stringify(Object.fromEntries(codes));
  return { pk, sk: sha256(text), points: text };
};

const pointsOf = (item: Item, key: string): string[] =>
  (JSON.parse(String(item.points)) as Record<string, string[]>)[key] ?? [];

interface HistoryQuery extends PageQuery {
  readonly runId: string;
  readonly key: string;
}

/** Every point once, by time, then step, then value. */
export const metricHistory = async (table: Table, query: HistoryQuery): Promise<Page<MetricPoint>> => {
  const items = await queryItems(table, { pk: historyPartition(query.runId, query.key) });
  const codes = new Set(items.flatMap((item) => pointsOf(item, query.key)));
  const points = [...codes].map((code) => readPoint(query.key, code));
  const sorted = points.map((point) => ({ point, order: historyOrder(point) }));
  sorted.sort((a, b) => (a.order < b.order ? -1 : 1));
  const { items: found, ...rest } = pageFrom(sorted, (entry) => entry.order, query);
  return { items: found.map((entry) => entry.point), ...rest };
};
