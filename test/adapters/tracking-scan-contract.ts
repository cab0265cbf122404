import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Run } from '#contracts/tracking.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { batch, nextId, noNeeds, point, scanned, someDataset, someRun } from './tracking-samples.ts';

const T = 1_700_000_000_000;

/** Sorts as text newest first, then by id. */
const placeOf = ({ info }: Run): string => `${String(9e14 - info.startTimeMs)}#${info.runId}`;

/** What TrackingStore promises to searches, and of what runs are tied to. */
export const trackingScanContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore's scans on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const freshRun = async (): Promise<string> => (await store.createRun(someRun('1'))).info.runId;

    it('walks the runs of experiments along their start times', async () => {
      const experimentIds = [nextId(), nextId()];
      const runs = Array.from({ length: 23 }, (_, i) => someRun(experimentIds[i % 2]!, { startTimeMs: T + (i % 6) }));
      for (const run of runs) await store.createRun(run);
      const oldestFirst = runs.map(({ info }) => info.startTimeMs).sort();
      for (const hoped of [undefined, 1, 7]) {
        const request = { experimentIds, ...(hoped && { hoped }) };
        const newest = await scanned(store, { ...request, order: 'newest-first' });
        expect(newest.map(placeOf)).toEqual(runs.map(placeOf).sort());
        const oldest = await scanned(store, { ...request, order: 'oldest-first' });
        expect(oldest.map(({ info }) => info.startTimeMs)).toEqual(oldestFirst);
      }
      expect(await scanned(store, { experimentIds: ['none'] })).toEqual([]);
    });

    it('shows of each run what was asked for, however long', async () => {
      const experimentId = nextId();
      const context = { 'mlflow.data.context': 'train' };
      for (let i = 0; i < 9; i++) {
        const { info } = await store.createRun(someRun(experimentId, {}, { a: '1', long: 'x'.repeat(5_000) }));
        await store.logBatch(info.runId, batch([point('auc', 1), point('loss', 2)], { lr: '1', depth: '2' }));
        await store.linkRun(info.runId, { datasets: [someDataset('d', '1', context)] });
      }
      const needs = { metrics: ['auc', 'none'], params: ['lr'], tags: ['long'], datasets: true };
      for (const { metrics, params, tags, inputs } of await scanned(store, { experimentIds: [experimentId], needs })) {
        expect(metrics).toContainEqual(point('auc', 1));
        expect([params.lr, tags.long?.length]).toEqual(['1', 5_000]);
        expect(inputs).toMatchObject([{ name: 'd', digest: '1', tags: context }]);
      }
    });

    it('gives the wanted metrics, params and tags whatever those are called', async () => {
      const experimentId = nextId();
      const keys = ['a.b', 'with space', '#hash', 'ünï/cøde', ':colon'];
      const texts = Object.fromEntries(keys.map((key) => [key, key]));
      const { info } = await store.createRun(someRun(experimentId, {}, texts));
      await store.logBatch(
        info.runId,
        batch(
          keys.map((key) => point(key, 1)),
          texts,
        ),
      );
      const needs = { metrics: keys, params: keys, tags: keys, datasets: false };
      const [run] = await scanned(store, { experimentIds: [experimentId], needs });
      expect(run).toMatchObject({ params: texts, tags: texts });
      expect(run?.metrics.map(({ key }) => key).sort()).toEqual([...keys].sort());
    });

    it('shows no fewer than the runs that started within bounds (law)', async () => {
      const experimentId = nextId();
      const starts = [-5, 0, T - 1, T, T, T + 1, T + 50];
      for (const startTimeMs of starts) await store.createRun(someRun(experimentId, { startTimeMs }));
      const bound = fc.constantFrom(undefined, -9, 0, T - 1, T, T + 1, T + 49, T + 50, T + 99);
      await fc.assert(
        fc.asyncProperty(bound, bound, async (fromMs, untilMs) => {
          const found = await scanned(store, { experimentIds: [experimentId], started: { fromMs, untilMs } });
          const within = (time: number) => time >= (fromMs ?? -9) && time <= (untilMs ?? T + 99);
          const times = found.map(({ info }) => info.startTimeMs).filter(within);
          expect(times.sort()).toEqual(starts.filter(within).sort());
        }),
        { numRuns: 15 },
      );
    });

    it('stops reading when nobody asks on', async () => {
      const experimentId = nextId();
      for (let i = 0; i < 12; i++) await store.createRun(someRun(experimentId, { startTimeMs: T + i }));
      const scan = store.scanRuns({ experimentIds: [experimentId], needs: noNeeds, order: 'newest-first', hoped: 1 });
      for await (const [first] of scan) {
        expect(first?.info.startTimeMs).toBe(T + 11);
        break;
      }
    });

    it('reads runs whole in the order that is asked for', async () => {
      const experimentId = nextId();
      const runs = Array.from({ length: 30 }, (_, i) =>
        someRun(experimentId, { startTimeMs: T + i }, { n: String(i) }),
      );
      for (const run of runs) await store.createRun(run);
      const shuffled = runs.toSorted((a, b) => (a.info.runId.at(-1)! < b.info.runId.at(-1)! ? -1 : 1));
      expect(await store.wholeRuns(shuffled.map((run) => run.info))).toEqual(shuffled);
      expect(await store.wholeRuns([])).toEqual([]);
    });

    it('keeps an input of the same name and digest once, and the first stays', async () => {
      const runId = await freshRun();
      const first = { ...someDataset('churn', 'd1', { 'mlflow.data.context': 'training' }), schema: '{"a":1}' };
      await store.linkRun(runId, { datasets: [first, { ...first, tags: { late: 'x' } }] });
      const other = { ...someDataset('churn', 'd2'), profile: 'p'.repeat(350_000) };
      await store.linkRun(runId, { datasets: [{ ...first, tags: {} }, other] });
      expect((await store.findRun(runId))?.inputs).toEqual([first, other]);
    });

    it('keeps each model and each (model, step) once, at any step', async () => {
      const runId = await freshRun();
      const outputs = [
        { modelId: 'm-1', step: -3 },
        { modelId: 'm-1', step: 0 },
        { modelId: 'm-2', step: 2n ** 60n },
      ];
      for (let i = 0; i < 2; i++) await store.linkRun(runId, { models: ['m-9', 'm-8'], outputs });
      const run = await store.findRun(runId);
      expect([run?.modelInputs.sort(), run?.modelOutputs]).toEqual([['m-8', 'm-9'], outputs]);
    });

    it('lists every use of data in an experiment once', async () => {
      const experimentId = nextId();
      const datasets = [someDataset('a', '1', { 'mlflow.data.context': 'train' }), someDataset('b', '2')];
      for (let i = 0; i < 3; i++) {
        const { info } = await store.createRun(someRun(experimentId));
        await store.linkRun(info.runId, { datasets });
      }
      const summaries = await store.datasetSummaries(experimentId);
      expect(summaries.sort((x, y) => (x.name < y.name ? -1 : 1))).toEqual([
        { experimentId, name: 'a', digest: '1', context: 'train' },
        { experimentId, name: 'b', digest: '2' },
      ]);
      expect(await store.datasetSummaries(nextId())).toEqual([]);
    });
  });
