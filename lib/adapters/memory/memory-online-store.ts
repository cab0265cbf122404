import type { OnlineItem } from '#contracts/serving.ts';
import type { OnlineStore } from '#core/features/ports.ts';

/** OnlineStore in a map, for tests. */
export const memoryOnlineStore = (): OnlineStore => {
  const items = new Map<string, OnlineItem>();
  const put = (item: OnlineItem): boolean => {
    const newer = (items.get(item.pk)?.eventTime ?? '') > item.eventTime;
    if (!newer) items.set(item.pk, structuredClone(item));
    return !newer;
  };
  return {
    putNewer: async (batches) => {
      const total = { written: 0, skippedOlder: 0 };
      for await (const batch of batches) for (const item of batch) total[put(item) ? 'written' : 'skippedOlder'] += 1;
      return total;
    },
    get: async (pk) => structuredClone(items.get(pk)),
  };
};
