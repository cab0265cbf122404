import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MetricPoint } from '#contracts/tracking.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { batch, point, someRun } from './tracking-samples.ts';

const inOrder = (points: readonly MetricPoint[]): MetricPoint[] => {
  const order = (p: MetricPoint): number[] => [Number(p.timestampMs), Number(p.step), p.value];
  return points.toSorted((a, b) => {
    const [x, y] = [order(a), order(b)];
    const i = x.findIndex((value, at) => value !== y[at]);
    return i < 0 ? 0 : x[i]! - y[i]!;
  });
};

/** What TrackingStore promises of a metric's history. */
export const trackingHistoryContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore's history on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const freshRun = async (): Promise<string> => (await store.createRun(someRun('1'))).info.runId;

    it('keeps every point once, by time, then step, then value, a page at a time', async () => {
      const runId = await freshRun();
      const points = Array.from({ length: 25 }, (_, i) => point('loss', i % 5, i / 7 - 1, 1_000 - (i % 3)));
      await store.logBatch(runId, batch([...points, point('other', 1)]));
      await store.logBatch(runId, batch(points.slice(3, 9)));
      const listed = await allPages((page) => store.metricHistory(runId, 'loss', page), 10);
      expect(listed).toEqual(inOrder(points));
    });

    it('gives everything at once when no end is set', async () => {
      const runId = await freshRun();
      const points = Array.from({ length: 700 }, (_, i) => point('loss', i));
      await store.logBatch(runId, batch(points));
      const all = await store.metricHistory(runId, 'loss', { maxResults: Number.POSITIVE_INFINITY });
      expect(all).toEqual({ items: points });
      expect(await store.metricHistory(runId, 'none', { maxResults: 3 })).toEqual({ items: [] });
    });

    it('pages through batches that overlap in time, none lost and none twice (law)', async () => {
      const one = fc.record({ step: fc.integer({ min: 0, max: 9 }), timestampMs: fc.integer({ min: 0, max: 20 }) });
      const batches = fc.array(fc.array(one, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 9 }), async (all, size) => {
          const runId = await freshRun();
          const points = all.map((some) => some.map(({ step, timestampMs }) => point('a', step, step, timestampMs)));
          for (const some of points) await store.logBatch(runId, batch([...some, point('b', 1)]));
          const listed = await allPages((page) => store.metricHistory(runId, 'a', page), size);
          const distinct = new Map(points.flat().map((p) => [JSON.stringify(p), p]));
          expect(listed).toEqual(inOrder([...distinct.values()]));
        }),
        { numRuns: 15 },
      );
    });

    it('loses no point of fifty writers at once, sent twice or not, and ends with the latest', async () => {
      const runId = await freshRun();
      const [writers, points] = [50, 40];
      const write = async (writer: number): Promise<void> => {
        for (let at = 0; at < points; at += 10) {
          const some = Array.from({ length: 10 }, (_, i) => point('shared', (at + i) * writers + writer));
          await store.logBatch(runId, batch(some));
          if ((writer + at) % 3 === 0) await store.logBatch(runId, batch(some));
        }
      };
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
      const listed = await allPages((page) => store.metricHistory(runId, 'shared', page), 1_000);
      expect(listed.map((found) => found.step)).toEqual(Array.from({ length: writers * points }, (_, i) => i));
      expect((await store.findRun(runId))?.metrics).toEqual([point('shared', writers * points - 1)]);
    }, 60_000);

    it('refuses a page token that it never gave out', async () => {
      const runId = await freshRun();
      const refused = store.metricHistory(runId, 'a', { maxResults: 5, pageToken: 'bm9uc2Vuc2U' });
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });
  });
