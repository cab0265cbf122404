import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LoggedModel } from '#contracts/tracking.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { hex, nextId, point, someModel } from './tracking-samples.ts';

/** What TrackingStore promises of logged models. */
export const trackingModelsContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore's logged models on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const fresh = async (facts: Partial<LoggedModel> = {}) => {
      const model = someModel(facts.experimentId ?? '1', facts);
      await store.createLoggedModel(model);
      return model;
    };

    it('finds a model as it was created, and no other', async () => {
      const model = await fresh({
        modelType: 'Agent',
        sourceRunId: hex(7),
        params: { depth: '3', prompt: 'x'.repeat(5_000) },
        tags: { team: 'x' },
      });
      expect(await store.findLoggedModel(model.modelId)).toEqual(model);
      expect(await store.findLoggedModel('m-none')).toBeUndefined();
    });

    it('changes what is given and leaves the rest', async () => {
      const model = await fresh({ tags: { a: '1', b: '2' } });
      await store.updateLoggedModel(model.modelId, { status: 'READY', lastUpdateTimeMs: 5 });
      await store.describeLoggedModel(model.modelId, { params: { p: '1' }, tags: { b: '3' } });
      for (const length of [1, 300]) {
        const value = 'v'.repeat(length);
        const { tags } = (await store.findLoggedModel(model.modelId)) ?? { tags: {} as Record<string, string> };
        const swap = { key: 'swapped', was: tags.swapped, value };
        expect(await store.swapLoggedModelTag(model.modelId, swap)).toBe(true);
        expect(await store.swapLoggedModelTag(model.modelId, { ...swap, value: 'late' })).toBe(false);
        expect((await store.findLoggedModel(model.modelId))?.tags.swapped).toBe(value);
      }
      expect(await store.deleteLoggedModelTag(model.modelId, 'swapped')).toBe(true);
      expect(await store.deleteLoggedModelTag(model.modelId, 'a')).toBe(true);
      expect(await store.deleteLoggedModelTag(model.modelId, 'a')).toBe(false);
      const changed = { ...model, status: 'READY', lastUpdateTimeMs: 5, params: { p: '1' }, tags: { b: '3' } };
      expect(await store.findLoggedModel(model.modelId)).toEqual(changed);
      const refused = store.describeLoggedModel(model.modelId, { params: { p: '2', q: '1' }, tags: { c: '1' } });
      await expect(refused).rejects.toMatchObject({ code: 'PARAM_CHANGED' });
      expect(await store.findLoggedModel(model.modelId)).toEqual(changed);
    });

    it('refuses to write to a model that is not there', async () => {
      const code = 'LOGGED_MODEL_NOT_FOUND';
      for (const write of [
        () => store.updateLoggedModel('m-none', { lastUpdateTimeMs: 1 }),
        () => store.describeLoggedModel('m-none', { params: {}, tags: { a: '1' } }),
        () => store.logModelMetrics('m-none', []),
      ])
        await expect(write()).rejects.toMatchObject({ code });
    });

    it('keeps the latest point of every metric, data set and run', async () => {
      const { modelId } = await fresh();
      const at = (step: number, runId: string, data = {}) => ({ ...point('auc', step), modelId, runId, ...data });
      const onTest = { datasetName: 'test', datasetDigest: 'd' };
      const points = [at(2, hex(1)), at(1, hex(1)), at(1, hex(2)), at(3, hex(1), onTest), at(2, hex(1), onTest)];
      for (const one of points) await store.logModelMetrics(modelId, [one]);
      await store.logModelMetrics(modelId, points);
      const found = (await store.findLoggedModel(modelId))?.metrics ?? [];
      expect(found).toHaveLength(3);
      for (const latest of [points[0], points[2], points[3]]) expect(found).toContainEqual(latest);
    });

    it('shows the models of an experiment whole, deleted ones too', async () => {
      const experimentId = nextId();
      const models: LoggedModel[] = [];
      for (let i = 0; i < 9; i++)
        models.push(await fresh({ experimentId, creationTimeMs: 1_700_000_000_000 + i, params: { i: String(i) } }));
      await store.updateLoggedModel(models[0]!.modelId, { lifecycleStage: 'deleted', lastUpdateTimeMs: 2 });
      await store.logModelMetrics(models[1]!.modelId, [
        { ...point('auc', 1), modelId: models[1]!.modelId, runId: hex(1) },
      ]);
      const found: LoggedModel[] = [];
      for await (const some of store.scanLoggedModels(experimentId)) found.push(...some);
      const wanted = await Promise.all(models.map(({ modelId }) => store.findLoggedModel(modelId)));
      const byId = (a: LoggedModel | undefined, b: LoggedModel | undefined) => (a!.modelId < b!.modelId ? -1 : 1);
      expect(found.sort(byId)).toEqual(wanted.sort(byId));
      expect(found.filter((model) => model.lifecycleStage === 'deleted')).toHaveLength(1);
    });
  });
