import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { searchRuns, type TrackingStore } from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import {
  batch,
  nextId,
  nextNumber,
  point,
  scanned,
  someDataset,
  someExperiment,
  someModel,
  someRun,
} from './tracking-samples.ts';

const emoji = (count: number): string => '😀'.repeat(count);
const long = 'x'.repeat(5_000);
const many = (what: string, count: number, value = 'v') =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${what}${i}`, value]));

/** What TrackingStore promises of what hardly anyone writes. */
export const trackingEdgesContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore's edges on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const freshRun = async (): Promise<string> => (await store.createRun(someRun('1'))).info.runId;
    const freshModel = async (): Promise<string> => {
      const model = someModel(nextId());
      await store.createLoggedModel(model);
      return model.modelId;
    };

    it('reads a run whatever its output models are called', async () => {
      const runId = await freshRun();
      const outputs = [{ modelId: 'a#b', step: 3 }];
      await store.linkRun(runId, { outputs });
      expect((await store.findRun(runId))?.modelOutputs).toEqual(outputs);
    });

    it('reads names of as many characters as may be written, however many units those take', async () => {
      const experiment = someExperiment(`${emoji(480)}${nextNumber()}`);
      await store.createExperiment(experiment);
      expect(await store.findExperimentByName(experiment.name)).toEqual(experiment);
      const names: string[] = [];
      for await (const some of store.scanExperiments()) names.push(...some.map((found) => found.name));
      expect(names).toContain(experiment.name);
      const modelId = await freshModel();
      await store.logModelMetrics(modelId, [{ ...point(emoji(250), 1), modelId, runId: 'r' }]);
      expect((await store.findLoggedModel(modelId))?.metrics[0]?.key).toBe(emoji(250));
    });

    it('walks and searches runs in one order, whenever they started (law)', async () => {
      const [first, second] = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
      const started = fc.oneof(
        fc.integer({ min: first, max: second }),
        fc.constantFrom(first, second, 0, -1, 1.7e12, 1.7e15, 1.7e15 + 1, 99_999_999_999_999, 100_000_000_000_000),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(started, { maxLength: 6 }), fc.boolean(), async (starts, ascending) => {
          const experimentId = nextId();
          for (const startTimeMs of starts) await store.createRun(someRun(experimentId, { startTimeMs }));
          const request = {
            experimentIds: [experimentId],
            view: 'ALL' as const,
            ...(ascending && { orderBy: ['start_time ASC'] }),
          };
          const read = (page: object) => searchRuns({ tracking: store }, { ...request, maxResults: 2, ...page });
          const found = (await allPages(read, 2)).map(({ info }) => info.startTimeMs);
          const sorted = starts.toSorted((a, b) => (ascending ? a - b : b - a));
          expect(found).toEqual(sorted);
          const order = ascending ? 'oldest-first' : 'newest-first';
          const walked = await scanned(store, { experimentIds: [experimentId], order });
          expect(walked.map(({ info }) => info.startTimeMs)).toEqual(sorted);
        }),
        { numRuns: 10 },
      );
    });

    it('walks the runs of many experiments in order', async () => {
      const experimentIds = Array.from({ length: 12 }, nextId);
      for (const [i, id] of experimentIds.slice(0, 6).entries())
        for (const half of [0, 50]) await store.createRun(someRun(id, { startTimeMs: 1_000 + i + half }));
      const walked = await scanned(store, { experimentIds, order: 'newest-first', hoped: 3 });
      const times = walked.map(({ info }) => info.startTimeMs);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect(times).toHaveLength(12);
      expect(await scanned(store, { experimentIds })).toHaveLength(12);
    });

    it('has nothing under ids that are longer than any can be', async () => {
      expect(await store.findRun(long)).toBeUndefined();
      expect(await store.findRunInfo(long)).toBeUndefined();
      expect(await store.findLoggedModel(long)).toBeUndefined();
      expect(await store.findExperiment(long)).toBeUndefined();
      expect(await store.findExperimentByName(long)).toBeUndefined();
      for (const none of [long, '']) {
        expect(await store.setExperimentStage(none, { stage: 'active', atMs: 1 })).toBe(false);
        expect(await store.renameExperiment(none, { name: `free ${nextNumber()}`, atMs: 1 })).toBe(false);
        expect(await store.setExperimentTag(none, 'a', '1')).toBe(false);
        expect(await store.deleteExperimentTag(none, 'a')).toBe(false);
      }
      expect(await store.datasetSummaries(long)).toEqual([]);
      expect(await scanned(store, { experimentIds: [long] })).toEqual([]);
      for await (const some of store.scanLoggedModels(long)) expect(some).toEqual([]);
    });

    it('has nothing under keys that are longer than any can be', async () => {
      const experiment = someExperiment(`keys-${nextNumber()}`);
      await store.createExperiment(experiment);
      const { info } = await store.createRun(someRun(experiment.experimentId));
      const key = 'x'.repeat(70_000);
      for (const none of [key, '']) {
        expect(await store.deleteRunTag(info.runId, none)).toBe(false);
        expect(await store.deleteExperimentTag(experiment.experimentId, none)).toBe(false);
      }
      const needs = { metrics: [key], params: [key], tags: [key], datasets: false };
      expect(await scanned(store, { experimentIds: [experiment.experimentId], needs })).toHaveLength(1);
    });

    it('takes more params and tags of a model than one write names, or none of them', async () => {
      const modelId = await freshModel();
      const texts = { params: many('p', 450), tags: many('t', 450) };
      await store.describeLoggedModel(modelId, texts);
      await store.describeLoggedModel(modelId, texts);
      const changed = { params: { ...many('fresh', 300), p0: 'other' }, tags: { late: '1' } };
      await expect(store.describeLoggedModel(modelId, changed)).rejects.toMatchObject({ code: 'PARAM_CHANGED' });
      expect(await store.findLoggedModel(modelId)).toMatchObject(texts);
      const found = await store.findLoggedModel(modelId);
      expect([Object.keys(found?.params ?? {}).length, found?.tags.late]).toEqual([450, undefined]);
    });

    it('knows names that every object inherits from those that were written', async () => {
      const runId = await freshRun();
      await store.logBatch(runId, batch(Object.keys(many('loss', 200)).map((key) => point(key, 1))));
      for (const key of ['constructor', 'toString'])
        expect((await store.metricHistory(runId, key, { maxResults: 5 })).items).toEqual([]);
      const modelId = await freshModel();
      expect(await store.deleteLoggedModelTag(modelId, 'constructor')).toBe(false);
      await store.describeLoggedModel(modelId, { params: { constructor: '1' }, tags: {} });
      expect(Object.entries((await store.findLoggedModel(modelId))?.params ?? {})).toEqual([['constructor', '1']]);
      const experiment = someExperiment(`plain-${nextNumber()}`);
      await store.createExperiment(experiment);
      expect(await store.deleteExperimentTag(experiment.experimentId, 'constructor')).toBe(false);
    });

    it('keeps a large data set whole, wherever its characters fall', async () => {
      for (const shift of ['', 'a']) {
        const runId = await freshRun();
        const input = { ...someDataset(`wide${shift}${nextNumber()}`, '1'), schema: shift + emoji(60_000) };
        await store.linkRun(runId, { datasets: [input] });
        expect((await store.findRun(runId))?.inputs[0]?.schema === input.schema).toBe(true);
      }
    });
  });
