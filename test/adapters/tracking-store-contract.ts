import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MetricPoint, Run } from '#contracts/tracking.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const hex = (seed: number): string => seed.toString(16).padStart(32, '0');
let seed = Date.now() * 1_000;

export const someRun = (experimentId: string, facts: Partial<Run['info']> = {}, tags: Run['tags'] = {}): Run => {
  const runId = facts.runId ?? hex(seed++);
  return {
    info: {
      runId,
      experimentId,
      runName: 'nightly',
      userId: 'ann',
      status: 'RUNNING',
      startTimeMs: 1_700_000_000_000,
      artifactUri: `s3://bucket/${experimentId}/${runId}/artifacts`,
      lifecycleStage: 'active',
      ...facts,
    },
    metrics: [],
    params: {},
    tags,
    inputs: [],
  };
};

const someExperiment = (name: string, experimentId = String(seed++)) => ({
  experimentId,
  name,
  artifactLocation: `s3://bucket/${experimentId}`,
  lifecycleStage: 'active' as const,
  creationTimeMs: Number(experimentId.slice(0, 13)),
  lastUpdateTimeMs: 1,
  tags: { team: 'x' },
});

const point = (key: string, step: number, value = step, timestampMs = 1_700_000_000_000 + step): MetricPoint => ({
  key,
  step,
  value,
  timestampMs,
});
const batch = (metrics: MetricPoint[] = [], params = {}, tags = {}) => ({ metrics, params, tags });

/** What TrackingStore promises, whatever keeps it. */
export const trackingStoreContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const freshRun = async (): Promise<string> => (await store.createRun(someRun('1'))).info.runId;

    it('finds an experiment by id and by name, and nobody else under its name', async () => {
      const experiment = someExperiment(`churn-${seed++}`);
      await store.createExperiment(experiment);
      expect(await store.findExperiment(experiment.experimentId)).toEqual(experiment);
      expect(await store.findExperimentByName(experiment.name)).toEqual(experiment);
      await expect(store.createExperiment(someExperiment(experiment.name))).rejects.toMatchObject({
        code: 'EXPERIMENT_EXISTS',
      });
      expect(await store.findExperiment('none')).toBeUndefined();
      expect(await store.findExperimentByName('none')).toBeUndefined();
    });

    it('lists experiments newest first, a page at a time, none lost and none twice', async () => {
      const alone = await make();
      const ids = Array.from({ length: 7 }, (_, i) => String(1_700_000_000_000_00000n + BigInt(i)));
      for (const id of ids) await alone.createExperiment(someExperiment(`e${id}`, id));
      const listed = await allPages((page) => alone.listExperiments(page), 3);
      expect(listed.map((experiment) => experiment.experimentId)).toEqual([...ids].reverse());
    });

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

    it('keeps every point once, by time, then step, then value, a page at a time', async () => {
      const runId = await freshRun();
      const points = Array.from({ length: 25 }, (_, i) => point('loss', i % 5, i / 7 - 1, 1_000 - (i % 3)));
      await store.logBatch(runId, batch([...points, point('other', 1)]));
      await store.logBatch(runId, batch(points.slice(3, 9)));
      const listed = await allPages((page) => store.metricHistory(runId, 'loss', page), 10);
      const order = (p: MetricPoint): number[] => [p.timestampMs, p.step, p.value];
      const sorted = points.toSorted((a, b) => {
        const [x, y] = [order(a), order(b)];
        const i = x.findIndex((value, at) => value !== y[at]);
        return i < 0 ? 0 : x[i]! - y[i]!;
      });
      expect(listed).toEqual(sorted);
    });

    it('takes a thousand keys at once', async () => {
      const runId = await freshRun();
      const points = Array.from({ length: 1_000 }, (_, i) => point(`layer ${i}/grad norm`, i, i / 3));
      await store.logBatch(runId, batch(points));
      const run = await store.findRun(runId);
      expect(run?.metrics).toHaveLength(1_000);
      expect(run?.metrics.find((found) => found.key === 'layer 7/grad norm')).toEqual(points[7]);
    });

    it('loses no point of writers at once, and ends with the latest', async () => {
      const runId = await freshRun();
      const writers = Array.from({ length: 10 }, (_, writer) =>
        Array.from({ length: 20 }, (_, i) => point('shared', i * 10 + writer)),
      );
      await Promise.all(
        writers.map(async (points) => {
          for (const one of points) await store.logBatch(runId, batch([one]));
        }),
      );
      const listed = await allPages((page) => store.metricHistory(runId, 'shared', page), 1_000);
      expect(listed.map((found) => found.step)).toEqual(Array.from({ length: 200 }, (_, i) => i));
      expect((await store.findRun(runId))?.metrics).toEqual([point('shared', 199)]);
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

    it('keeps an input of the same name and digest once', async () => {
      const runId = await freshRun();
      const input = { name: 'churn', digest: 'd1', sourceType: 's3', source: '{}', tags: { context: 'training' } };
      await store.logInputs(runId, [input, input]);
      await store.logInputs(runId, [input, { ...input, digest: 'd2' }]);
      expect((await store.findRun(runId))?.inputs.map((found) => found.digest).sort()).toEqual(['d1', 'd2']);
    });

    it('lists runs newest start first whatever the page size, none lost, none twice, each whole (law)', async () => {
      const experimentId = String(seed++);
      const starts = Array.from({ length: 23 }, (_, i) => 1_700_000_000_000 + (i % 6));
      for (const startTimeMs of starts) {
        const runId = hex(Math.floor(Math.random() * 2 ** 48));
        await store.createRun(someRun(experimentId, { startTimeMs, runId }, { a: '1', b: '2' }));
        await store.logBatch(runId, batch([point('auc', 1)], { lr: '1' }));
      }
      const whole = await allPages((page) => store.listRuns(experimentId, page), 100);
      const times = whole.map((run) => run.info.startTimeMs);
      expect(times).toEqual([...starts].sort((a, b) => b - a));
      expect(new Set(whole.map((run) => run.info.runId)).size).toBe(23);
      expect(whole.every((run) => run.metrics.length === 1 && run.tags.b === '2' && run.params.lr === '1')).toBe(true);
      for (const size of [1, 4, 22, 23])
        expect(await allPages((page) => store.listRuns(experimentId, page), size)).toEqual(whole);
    });

    it('refuses a page token that it never gave out', async () => {
      const page = { maxResults: 5, pageToken: 'bm9uc2Vuc2U' };
      await expect(store.listRuns('1', page)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      await expect(store.listExperiments(page)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });
  });
