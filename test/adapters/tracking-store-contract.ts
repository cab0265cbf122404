import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TrackingStore } from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { trackingEdgesContract } from './tracking-edges-contract.ts';
import { trackingExperimentsContract } from './tracking-experiments-contract.ts';
import { trackingHistoryContract } from './tracking-history-contract.ts';
import { trackingModelsContract } from './tracking-models-contract.ts';
import { batch, hex, point, someRun } from './tracking-samples.ts';
import { trackingScanContract } from './tracking-scan-contract.ts';

/** What TrackingStore promises, whatever keeps it. */
export const trackingStoreContract = (name: string, make: () => Promise<TrackingStore>): void => {
  describe(`TrackingStore on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const freshRun = async (): Promise<string> => (await store.createRun(someRun('1'))).info.runId;

    it('creates a run once and answers what is stored', async () => {
      const run = someRun('1', {}, { 'mlflow.runName': 'nightly' });
      expect(await store.createRun(run)).toEqual(run);
      const again = await store.createRun({ ...run, info: { ...run.info, runName: 'other' } });
      expect(again.info.runName).toBe('nightly');
      expect(await store.findRun(run.info.runId)).toEqual(run);
      expect(await store.findRunInfo(run.info.runId)).toEqual(run.info);
      expect(await store.findRun(hex(1))).toBeUndefined();
      expect(await store.findRunInfo(hex(1))).toBeUndefined();
    });

    it('keeps more tags than a transaction takes', async () => {
      const tags = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`tag ${i}/ä`, 'v'.repeat(i)]));
      const run = await store.createRun(someRun('1', {}, tags));
      expect((await store.findRun(run.info.runId))?.tags).toEqual(tags);
    });

    it('updates what is given and leaves the rest', async () => {
      const runId = await freshRun();
      const updated = await store.updateRun(runId, { status: 'FINISHED', endTimeMs: 5 });
      expect(updated).toMatchObject({ status: 'FINISHED', endTimeMs: 5, runName: 'nightly' });
      expect(await store.findRunInfo(runId)).toEqual(updated);
      await expect(store.updateRun(hex(2), { status: 'FAILED' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    });

    it('shows points, parameters and tags at once', async () => {
      const runId = await freshRun();
      await store.logBatch(runId, batch([point('auc', 1, 0.5), point('auc', 2, 0.7)], { lr: '0.1' }, { git: 'abc' }));
      expect(await store.findRun(runId)).toMatchObject({
        metrics: [point('auc', 2, 0.7)],
        params: { lr: '0.1' },
        tags: { git: 'abc' },
      });
    });

    it('takes a parameter again with its value, refuses another and then writes nothing of the batch', async () => {
      const runId = await freshRun();
      await store.logBatch(runId, batch([], { lr: '0.1' }));
      await store.logBatch(runId, batch([], { lr: '0.1' }));
      const refused = store.logBatch(runId, batch([point('auc', 1)], { lr: '0.2', depth: '3' }, { t: '1' }));
      await expect(refused).rejects.toMatchObject({ code: 'PARAM_CHANGED', message: expect.stringContaining('"0.1"') });
      expect(await store.findRun(runId)).toMatchObject({ metrics: [], params: { lr: '0.1' }, tags: {} });
    });

    it('takes the greatest (step, time, value) as latest, in whatever order points come', async () => {
      const runId = await freshRun();
      const points = [point('a', 3, 1), point('a', -5, 9), point('a', 3, 2), point('a', 3, -7, 1), point('b', 0, -1)];
      for (const one of points) await store.logBatch(runId, batch([one]));
      expect((await store.findRun(runId))?.metrics).toEqual([point('a', 3, 2), point('b', 0, -1)]);
    });

    it('takes a thousand keys at once', async () => {
      const runId = await freshRun();
      const points = Array.from({ length: 1_000 }, (_, i) => point(`layer ${i}/grad norm`, i, i / 3));
      await store.logBatch(runId, batch(points));
      const run = await store.findRun(runId);
      expect(run?.metrics).toHaveLength(1_000);
      expect(run?.metrics.find((found) => found.key === 'layer 7/grad norm')).toEqual(points[7]);
    });

    it('leaves after two equal batches what one leaves (law)', async () => {
      const key = fc.string({ minLength: 1, maxLength: 20 });
      const points = fc.array(
        fc.record({
          key,
          step: fc.integer({ min: -5, max: 5 }),
          timestampMs: fc.integer({ min: 0, max: 3 }),
          value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        }),
        { maxLength: 30 },
      );
      await fc.assert(
        fc.asyncProperty(points, fc.dictionary(key, fc.string()), async (metrics, params) => {
          const runId = await freshRun();
          await store.logBatch(runId, batch(metrics, params, params));
          const once = await store.findRun(runId);
          await store.logBatch(runId, batch(metrics, params, params));
          expect(await store.findRun(runId)).toEqual(once);
          expect(once?.params).toEqual({ ...params });
          const distinct = new Set(metrics.map((m) => JSON.stringify([m.key, m.step, m.timestampMs, m.value])));
          const histories = await Promise.all(
            [...new Set(metrics.map((m) => m.key))].map((k) => allPages((p) => store.metricHistory(runId, k, p), 7)),
          );
          expect(histories.flat()).toHaveLength(distinct.size);
        }),
        { numRuns: 12 },
      );
    });

    it('keeps long texts whole, and a param that is one cannot change either', async () => {
      const runId = await freshRun();
      const [long, other] = ['x'.repeat(6_000), `${'x'.repeat(5_999)}y`];
      await store.logBatch(runId, batch([], { long, short: '=#' }, { note: 'n'.repeat(8_000) }));
      await store.logBatch(runId, batch([], { long }, { note: '#short now' }));
      const refused = store.logBatch(runId, batch([], { long: other, fresh: '1' }));
      await expect(refused).rejects.toMatchObject({ code: 'PARAM_CHANGED', details: { stored: long } });
      const shortened = store.logBatch(runId, batch([], { long: 'x' }));
      await expect(shortened).rejects.toMatchObject({ code: 'PARAM_CHANGED' });
      expect(await store.findRun(runId)).toMatchObject({ params: { long, short: '=#' }, tags: { note: '#short now' } });
    });

    it('takes a hundred params at once or none of them', async () => {
      const runId = await freshRun();
      const params = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`layer ${i}/units`, String(i)]));
      await store.logBatch(runId, batch([], params, { a: '1' }));
      await store.logBatch(runId, batch([], params, { a: '2' }));
      const changed = Object.fromEntries(
        Object.keys(params).map((key, i) => [`${key}${i < 99 ? ' more' : ''}`, 'new']),
      );
      await expect(store.logBatch(runId, batch([], changed))).rejects.toMatchObject({ code: 'PARAM_CHANGED' });
      expect(await store.findRun(runId)).toMatchObject({ params, tags: { a: '2' } });
      expect(Object.keys((await store.findRun(runId))?.params ?? {})).toHaveLength(100);
    });

    it('lets one of many writers set a param, and tells the others', async () => {
      const runId = await freshRun();
      const many = (value: string) => Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`p${i}`, value]));
      const tries = ['1', '2', '3', '4', '5'].map((value) => store.logBatch(runId, batch([], many(value))));
      const outcomes = await Promise.allSettled(tries);
      const written = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i + 1)] : []));
      expect(written).toHaveLength(1);
      expect((await store.findRun(runId))?.params).toEqual(many(written[0] ?? ''));
    });

    it('loses no tag of writers at once', async () => {
      const runId = await freshRun();
      await Promise.all(
        Array.from({ length: 30 }, (_, i) => store.logBatch(runId, batch([], { [`p${i}`]: 'v' }, { [`t${i}`]: 'v' }))),
      );
      const run = await store.findRun(runId);
      expect([Object.keys(run?.tags ?? {}).length, Object.keys(run?.params ?? {}).length]).toEqual([30, 30]);
    });

    it('deletes a tag once', async () => {
      const runId = await freshRun();
      await store.logBatch(runId, batch([], { t: 'param' }, { t: 'tag', u: 'x'.repeat(1_000) }));
      const swap = { key: 'swapped', was: undefined, value: 'v'.repeat(300) };
      expect(await store.swapRunTag(runId, swap)).toBe(true);
      expect(await store.swapRunTag(runId, swap)).toBe(false);
      expect(await store.swapRunTag(runId, { ...swap, was: swap.value, value: '2' })).toBe(true);
      expect((await store.findRun(runId))?.tags.swapped).toBe('2');
      expect(await store.deleteRunTag(runId, 'swapped')).toBe(true);
      expect(await store.deleteRunTag(runId, 't')).toBe(true);
      expect(await store.deleteRunTag(runId, 't')).toBe(false);
      expect(await store.deleteRunTag(runId, 'u')).toBe(true);
      expect(await store.findRun(runId)).toMatchObject({ params: { t: 'param' }, tags: {} });
    });

    it('keeps numbers that few can hold', async () => {
      const runId = await freshRun();
      const extremes = [
        { key: 'nan', value: Number.NaN, step: 9_007_199_254_740_993n, timestampMs: 2n ** 62n },
        { key: 'inf', value: Number.POSITIVE_INFINITY, step: -(2n ** 63n), timestampMs: 0 },
        { key: 'ninf', value: Number.NEGATIVE_INFINITY, step: -1, timestampMs: 1 },
        { key: 'tiny', value: 5e-324, step: 2n ** 63n - 1n, timestampMs: 1 },
      ];
      await store.logBatch(runId, batch(extremes));
      const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
      expect((await store.findRun(runId))?.metrics).toEqual([...extremes].sort(byKey));
      const history = await store.metricHistory(runId, 'nan', { maxResults: 5 });
      expect(history.items).toEqual([extremes[0]]);
    });
  });
  trackingExperimentsContract(name, make);
  trackingHistoryContract(name, make);
  trackingScanContract(name, make);
  trackingModelsContract(name, make);
  trackingEdgesContract(name, make);
};
