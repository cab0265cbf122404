import type { OnlineRow } from '#contracts/online.ts';
import { orderKey, rowBytes } from './online-layout.ts';

// The most that one transaction takes, with room for names and expressions below its 4 MB.
const ITEMS_A_TRANSACTION = 100;
const BYTES_A_TRANSACTION = 3_000_000;

/** The newest row of each view, by item. */
export type ItemRows = readonly OnlineRow[];

export interface Batch {
  readonly items: readonly ItemRows[];
  /** Rows that a newer one of the same batch makes needless. */
  readonly superseded: number;
}

const newestByItem = (rows: readonly OnlineRow[]): ItemRows[] => {
  const items = new Map<string, Map<string, OnlineRow>>();
  for (const row of rows) {
    const views = items.get(row.pk) ?? new Map<string, OnlineRow>();
    if (views.size === 0) items.set(row.pk, views);
    const known = views.get(row.view);
    if (!known || orderKey(known) <= orderKey(row)) views.set(row.view, row);
  }
  return [...items.values()].map((views) => [...views.values()]);
};

const bytesOf = (item: ItemRows): number => item.reduce((sum, row) => sum + rowBytes(row), 0);

function* filled(items: readonly ItemRows[]): Generator<ItemRows[]> {
  let next: ItemRows[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    if (next.length === ITEMS_A_TRANSACTION || (next.length > 0 && bytes + size > BYTES_A_TRANSACTION)) {
      yield next;
      [next, bytes] = [[], 0];
    }
    next.push(item);
    bytes += size;
  }
  if (next.length > 0) yield next;
}

/** Rows as transactions take them: an item once, however often and with however many views it came. */
export async function* inTransactions(batches: AsyncIterable<readonly OnlineRow[]>): AsyncGenerator<Batch> {
  for await (const rows of batches) {
    const items = newestByItem(rows);
    let superseded = rows.length - items.reduce((sum, item) => sum + item.length, 0);
    for (const some of filled(items)) {
      yield { items: some, superseded };
      superseded = 0;
    }
  }
}
