import type { Page, PageQuery } from '#contracts/common.ts';
import type { MetricPoint } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { historyOrder, readHistory } from '../system/metric-order.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';
import { chunks } from './chunks.ts';
import { END, queryPages } from './dynamo-range.ts';
import type { Item, Table } from './dynamo-table.ts';
import { historyPartition, sha256 } from './dynamo-tracking-keys.ts';

// An item ends at 400 KB. A point is 35 bytes, a key at most 250 characters.
const POINTS_AN_ITEM = 250;
const CODE_LENGTH = 32;

const distinctCodes = (points: readonly MetricPoint[]): string[] => [...new Set(points.map(historyOrder))].sort();

/** Named by its earliest point, so that items come in time order, and by its content. */
const historyItem = (pk: string, points: readonly { key: string; code: string }[]): Item => {
  const byKey = Map.groupBy(points, ({ key }) => key);
  const text = JSON.stringify(Object.fromEntries([...byKey].map(([key, some]) => [key, some.map(({ code }) => code)])));
  return { pk, sk: `${points[0]?.code}#${sha256(text).slice(0, 32)}`, points: text };
};

/**
 * One item for all points of a batch that share a bucket, named by its content: a batch that is sent again writes
 * the same items again.
 */
export const historyItems = (runId: string, points: readonly MetricPoint[]): Item[] => {
  const partitions = Map.groupBy(points, (point) => historyPartition(runId, point.key));
  return [...partitions].flatMap(([pk, mine]) => {
    const all = [...Map.groupBy(mine, ({ key }) => key)]
      .flatMap(([key, some]) => distinctCodes(some).map((code) => ({ key, code })))
      .sort((a, b) => (a.code + a.key < b.code + b.key ? -1 : 1));
    return chunks(all, POINTS_AN_ITEM).map((some) => historyItem(pk, some));
  });
};

/** A point, and the first point of the item that it stands in. */
interface Found {
  readonly code: string;
  readonly floor: string;
}

const floorOf = ({ sk }: Item): string => sk.slice(0, CODE_LENGTH);
const foundIn = (item: Item, key: string): Found[] => {
  const points = JSON.parse(String(item.points)) as Record<string, string[]>;
  const codes = Object.hasOwn(points, key) ? points[key] : undefined;
  return (codes ?? []).map((code) => ({ code, floor: floorOf(item) }));
};

const sorted = (all: readonly Found[]): Found[] => {
  const once = new Map<string, Found>();
  // Of two items with the same point the earlier one is kept, so that a page begins early enough.
  for (const found of all) if (!once.has(found.code)) once.set(found.code, found);
  return [...once.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
};

interface HistoryQuery extends PageQuery {
  readonly runId: string;
  readonly key: string;
}
/** Behind which point a page begins, and from which item on there may be points of it. */
interface Start {
  readonly after: string;
  readonly floor: string;
}

const TOKEN = new RegExp(`^[-0-9A-Z_a-z]{${2 * CODE_LENGTH}}$`);
const startOf = ({ pageToken: token }: HistoryQuery): Start => {
  if (token === undefined) return { after: '', floor: '\u0000' };
  const text = sortKeyOf(token);
  if (!TOKEN.test(text))
    throw new PlatformError('INVALID_REQUEST', 'pageToken belongs to another list; leave it out to start anew');
  return { after: text.slice(0, CODE_LENGTH), floor: text.slice(CODE_LENGTH) };
};

const MOST_ITEMS = 1_000;

/**
 * At least one point more than a page, in order. Items come by their first point, so no item to come has a point before
 * the first point of the last one: what lies before is complete, and reading may stop once that fills the page.
 */
const readFrom = async (table: Table, query: HistoryQuery, { after, floor }: Start): Promise<Found[]> => {
  const limit = Number.isFinite(query.maxResults) ? Math.min(query.maxResults + 1, MOST_ITEMS) : undefined;
  const range = { pk: historyPartition(query.runId, query.key), low: floor, high: END, limit };
  const found: Found[] = [];
  for await (const items of queryPages(table, range)) {
    for (const item of items) found.push(...foundIn(item, query.key).filter(({ code }) => code > after));
    const last = items.at(-1);
    if (found.length <= query.maxResults || !last) continue;
    const complete = sorted(found).filter(({ code }) => code < floorOf(last));
    if (complete.length > query.maxResults) break;
  }
  return sorted(found);
};

/** Every point once, by time, then step, then value; a page reads on where the one before ended. */
export const metricHistory = async (table: Table, query: HistoryQuery): Promise<Page<MetricPoint>> => {
  const found = await readFrom(table, query, startOf(query));
  const page = found.slice(0, query.maxResults);
  const items = page.map(({ code }) => readHistory(query.key, code));
  const last = page.at(-1);
  if (!last || found.length === page.length) return { items };
  const [floor = END] = found
    .slice(page.length)
    .map((next) => next.floor)
    .sort();
  return { items, nextPageToken: pageToken(last.code + floor) };
};
