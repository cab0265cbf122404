import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OnlineItem, onlineKey } from '#contracts/serving.ts';
import type { OnlineStore } from '#core/features/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

export async function* inBatches(...batches: OnlineItem[][]): AsyncGenerator<OnlineItem[]> {
  yield* batches;
}

const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
const item = (
  entity: string,
  dayOfMonth: number,
  features: OnlineItem['features'] = { x: dayOfMonth },
): OnlineItem => ({
  pk: onlineKey('churn', 'churn', entity),
  features,
  eventTime: day(dayOfMonth),
  expiresAt: 1_900_000_000,
});

/** What every OnlineStore keeps. */
export const onlineStoreContract = (name: string, make: () => Promise<OnlineStore>): void => {
  describe(`OnlineStore on ${name}`, () => {
    let store: OnlineStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);

    it('answers undefined for an entity nobody wrote', async () => {
      expect(await store.get(onlineKey('churn', 'churn', 'nobody'))).toBeUndefined();
    });

    it('keeps numbers, text, booleans and missing values as they are', async () => {
      const written = item('types', 1, { n: 1.25, none: null, s: 'ü"', yes: true, zero: 0, empty: '' });
      expect(await store.putNewer(inBatches([written]))).toEqual({ written: 1, skippedOlder: 0 });
      expect(await store.get(written.pk)).toEqual(written);
    });

    it('lets the newer value win, in whichever order they come, and takes the same write twice', async () => {
      await store.putNewer(inBatches([item('a', 5)]));
      expect(await store.putNewer(inBatches([item('a', 4), item('b', 4)]))).toEqual({ written: 1, skippedOlder: 1 });
      expect((await store.get(item('a', 5).pk))?.features).toEqual({ x: 5 });
      expect(await store.putNewer(inBatches([item('a', 5), item('b', 6)]))).toEqual({ written: 2, skippedOlder: 0 });
      expect((await store.get(item('b', 6).pk))?.features).toEqual({ x: 6 });
    });

    it('counts right over many batches of which some are older', async () => {
      const entities = Array.from({ length: 1_050 }, (_, i) => `m${i}`);
      await store.putNewer(inBatches(entities.filter((_, i) => i % 7 === 0).map((e) => item(e, 9))));
      const result = await store.putNewer(
        inBatches(
          entities.slice(0, 333).map((e) => item(e, 8)),
          entities.slice(333).map((e) => item(e, 8)),
        ),
      );
      expect(result).toEqual({ written: 900, skippedOlder: 150 });
      expect((await store.get(item('m7', 1).pk))?.features).toEqual({ x: 9 });
      expect((await store.get(item('m8', 1).pk))?.features).toEqual({ x: 8 });
    }, 30_000);

    it('ends with the newest of any series of writes', async () => {
      let series = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 6 }), async (days) => {
          const entity = `series-${series++}`;
          for (const dayOfMonth of days) await store.putNewer(inBatches([item(entity, dayOfMonth)]));
          expect((await store.get(item(entity, 1).pk))?.eventTime).toBe(day(Math.max(...days)));
        }),
        { numRuns: 15 },
      );
    }, 30_000);

    it('ends with the newest when writers race', async () => {
      const days = [3, 9, 1, 7, 5, 8, 2];
      const results = await Promise.all(days.map((d) => store.putNewer(inBatches([item('race', d)]))));
      expect((await store.get(item('race', 1).pk))?.eventTime).toBe(day(9));
      expect(results.every(({ written, skippedOlder }) => written + skippedOlder === 1)).toBe(true);
    }, 30_000);
  });
};
