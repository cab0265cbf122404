import type { OnlineItem, OnlineRow, OnlineView } from '#contracts/online.ts';
import type { OnlineTable } from '#core/features/ports.ts';

const order = ({ eventTime, createdTime }: OnlineView): string => `${eventTime} ${createdTime}`;

/** OnlineTable in a map, for tests. */
export const memoryOnlineTable = (): OnlineTable => {
  const items = new Map<string, Map<string, OnlineView>>();
  const put = ({ pk, view, ...values }: OnlineRow): boolean => {
    const views = items.get(pk) ?? new Map<string, OnlineView>();
    const known = views.get(view);
    if (known && order(known) > order(values)) return false;
    items.set(pk, views.set(view, structuredClone(values)));
    return true;
  };
  const itemOf = (pk: string, asked: readonly string[] | undefined): OnlineItem[] => {
    const views = items.get(pk);
    if (!views) return [];
    const chosen = [...views].filter(([view]) => !asked || asked.includes(view));
    return [{ pk, views: structuredClone(Object.fromEntries(chosen)) }];
  };
  return {
    putNewer: async (batches) => {
      const total = { written: 0, skippedOlder: 0 };
      for await (const batch of batches) for (const row of batch) total[put(row) ? 'written' : 'skippedOlder'] += 1;
      return total;
    },
    read: async (keys, { views } = {}) =>
      new Map(keys.flatMap((pk) => itemOf(pk, views)).map((item) => [item.pk, item])),
  };
};
