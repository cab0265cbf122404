import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ViewHealth } from '#contracts/features.ts';
import type { ViewHealthStore } from '#core/features/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const healthOf = (view: string, measuredAt: string, more: Partial<ViewHealth> = {}): ViewHealth => ({
  project: 'churn',
  view,
  version: 1,
  nullShare: { calls: 0.25 },
  driftedFeatures: ['calls'],
  measuredAt,
  ...more,
});

/** What ViewHealthStore promises, whatever keeps it. */
export const viewHealthContract = (what: string, make: () => Promise<ViewHealthStore>): void =>
  describe(`ViewHealthStore on ${what}`, () => {
    let store: ViewHealthStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);

    it('answers the last measure, and keeps it when an older one comes late', async () => {
      const [first, second] = [
        healthOf('usage', '2026-02-01T10:00:00.000Z'),
        healthOf('usage', '2026-02-01T11:00:00.000Z'),
      ];
      await store.save(second);
      await store.save(first);
      expect(await store.find('churn', 'usage')).toEqual(second);
      const again = { ...second, availability: 0.5 };
      await store.save(again);
      expect(await store.find('churn', 'usage')).toEqual(again);
      expect(await store.find('churn', 'nobody')).toBeUndefined();
    });

    it('lists a project by view', async () => {
      const at = '2026-02-01T10:00:00.000Z';
      for (const view of ['b2', 'a2']) await store.save(healthOf(view, at, { project: 'list' }));
      await store.save(healthOf('c2', at, { project: 'list-2' }));
      expect((await store.list('list')).map(({ view }) => view)).toEqual(['a2', 'b2']);
      expect(await store.list('nobody')).toEqual([]);
    });
  });
