import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TrackingStore } from '#core/tracking/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { batch, hex, nextNumber, scanned, someExperiment, someRun } from './tracking-samples.ts';

/** What TrackingStore promises of experiments. */
export const trackingExperimentsContract = (name: string, make: () => Promise<TrackingStore>): void =>
  describe(`TrackingStore's experiments on ${name}`, () => {
    let store: TrackingStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const fresh = async () => {
      const experiment = someExperiment(`churn-${nextNumber()}`);
      await store.createExperiment(experiment);
      return experiment;
    };

    it('finds an experiment by id and by name, and nobody else under its name', async () => {
      const experiment = await fresh();
      expect(await store.findExperiment(experiment.experimentId)).toEqual(experiment);
      expect(await store.findExperimentByName(experiment.name)).toEqual(experiment);
      await expect(store.createExperiment(someExperiment(experiment.name))).rejects.toMatchObject({
        code: 'EXPERIMENT_EXISTS',
      });
      const sameId = someExperiment('another name', experiment.experimentId);
      await expect(store.createExperiment(sameId)).rejects.toMatchObject({ code: 'EXPERIMENT_EXISTS' });
      expect(await store.findExperimentByName('another name')).toBeUndefined();
      expect(await store.findExperiment('none')).toBeUndefined();
      expect(await store.findExperimentByName('none')).toBeUndefined();
    });

    it('shows all of them to a scan', async () => {
      const alone = await make();
      const made = [someExperiment('a'), someExperiment('b'), someExperiment('c')];
      for (const experiment of made) await alone.createExperiment(experiment);
      const found: string[] = [];
      for await (const some of alone.scanExperiments()) found.push(...some.map((experiment) => experiment.name));
      expect(found.sort()).toEqual(['a', 'b', 'c']);
    });

    it('moves a name over: the new one is taken, the old one free', async () => {
      const { experimentId, name: before } = await fresh();
      const taken = await fresh();
      const after = `${before}-renamed`;
      expect(await store.renameExperiment(experimentId, { name: after, atMs: 7 })).toBe(true);
      expect(await store.renameExperiment(experimentId, { name: after, atMs: 8 })).toBe(true);
      expect(await store.findExperimentByName(after)).toMatchObject({ experimentId, name: after, lastUpdateTimeMs: 8 });
      expect(await store.findExperimentByName(before)).toBeUndefined();
      const refused = store.renameExperiment(experimentId, { name: taken.name, atMs: 9 });
      await expect(refused).rejects.toMatchObject({ code: 'EXPERIMENT_EXISTS' });
      await store.createExperiment(someExperiment(before));
      expect(await store.renameExperiment('none', { name: 'x', atMs: 1 })).toBe(false);
    });

    it('gives a name to one of many who want it', async () => {
      const all = await Promise.all([fresh(), fresh(), fresh()]);
      const name = `wanted-${nextNumber()}`;
      const tries = await Promise.allSettled(
        all.map(({ experimentId }) => store.renameExperiment(experimentId, { name, atMs: 1 })),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const found = await Promise.all(all.map(({ experimentId }) => store.findExperiment(experimentId)));
      expect(found.filter((experiment) => experiment?.name === name)).toHaveLength(1);
    });

    it('deletes with all runs and restores them all, whatever became of each before', async () => {
      const { experimentId, name: taken } = await fresh();
      const ids = [1, 2, 3, 4, 5].map(() => hex(nextNumber()));
      for (const runId of ids) await store.createRun(someRun(experimentId, { runId }));
      const stages = async () => {
        const byId = await Promise.all(ids.map(async (id) => (await store.findRunInfo(id))?.lifecycleStage));
        const listed = await scanned(store, { experimentIds: [experimentId], order: 'oldest-first' });
        const bySearch = ids.map((id) => listed.find(({ info }) => info.runId === id)?.info.lifecycleStage);
        const whole = await Promise.all(ids.map(async (id) => (await store.findRun(id))?.info.lifecycleStage));
        expect([bySearch, whole]).toEqual([byId, byId]);
        return byId.map((stage) => stage?.charAt(0)).join('');
      };
      await store.setRunStage(ids[0]!, 'deleted');
      expect(await stages()).toBe('daaaa');
      expect(await store.setExperimentStage(experimentId, { stage: 'deleted', atMs: 9 })).toBe(true);
      expect(await store.setExperimentStage(experimentId, { stage: 'deleted', atMs: 9 })).toBe(false);
      expect(await stages()).toBe('ddddd');
      await store.setRunStage(ids[1]!, 'active');
      expect(await stages()).toBe('daddd');
      expect(await store.renameExperiment(experimentId, { name: 'other', atMs: 9 })).toBe(false);
      await expect(store.createExperiment(someExperiment(taken))).rejects.toMatchObject({ code: 'EXPERIMENT_EXISTS' });
      expect(await store.findExperimentByName(taken)).toMatchObject({ lifecycleStage: 'deleted', lastUpdateTimeMs: 9 });
      expect(await store.setExperimentStage(experimentId, { stage: 'active', atMs: 10 })).toBe(true);
      expect(await stages()).toBe('aaaaa');
      await store.updateRun(ids[2]!, { status: 'FINISHED' });
      expect(await store.createRun(someRun(experimentId))).toMatchObject({ info: { lifecycleStage: 'active' } });
      expect(await store.setExperimentStage('none', { stage: 'deleted', atMs: 9 })).toBe(false);
    });

    it('keeps each tag of writers at once, and none of a deleted one', async () => {
      const { experimentId } = await fresh();
      const keys = Array.from({ length: 12 }, (_, i) => `key ${i}`);
      await Promise.all(keys.map((key) => store.setExperimentTag(experimentId, key, key)));
      const tags = { team: 'x', ...Object.fromEntries(keys.map((key) => [key, key])) };
      expect((await store.findExperiment(experimentId))?.tags).toEqual(tags);
      expect(await store.deleteExperimentTag(experimentId, 'team')).toBe(true);
      expect(await store.deleteExperimentTag(experimentId, 'team')).toBe(false);
      await store.setExperimentStage(experimentId, { stage: 'deleted', atMs: 9 });
      expect(await store.setExperimentTag(experimentId, 'late', 'x')).toBe(false);
      expect(await store.setExperimentTag('none', 'late', 'x')).toBe(false);
      await store.logBatch((await store.createRun(someRun(experimentId))).info.runId, batch());
    });
  });
