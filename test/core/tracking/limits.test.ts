import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createRun,
  ensureExperiment,
  logBatch,
  logInputs,
  logOutputs,
  searchLoggedModels,
  searchRuns,
  setExperimentTag,
  updateRun,
} from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { batchOf, makeWorld, metric, type World, withRuns } from './_world.ts';

let deps: World;
let experimentId: string;
beforeEach(async () => {
  deps = makeWorld();
  experimentId = (await ensureExperiment(deps, { name: 'churn' })).experimentId;
});
const freshRun = async (): Promise<string> => (await createRun(deps, { experimentId, runName: 'r' })).info.runId;
const refused = { code: 'INVALID_REQUEST' };
const own = (key: string): Record<string, string> => Object.fromEntries([[key, 'x']]);
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

describe('what a run refuses to keep', () => {
  it('is a model id that is none', async () => {
    const runId = await freshRun();
    for (const modelId of ['a#b', '', 'x'.repeat(251), 'a/b']) {
      await expect(logInputs(deps, runId, { models: [modelId] })).rejects.toMatchObject(refused);
      await expect(logOutputs(deps, runId, [{ modelId, step: 0 }])).rejects.toMatchObject(refused);
    }
    await logOutputs(deps, runId, [{ modelId: `m-${'0'.repeat(32)}`, step: 0 }]);
  });

  it('is a user longer than 256 characters', async () => {
    await expect(createRun(deps, { experimentId, userId: 'u'.repeat(257) })).rejects.toMatchObject(refused);
  });

  it('is a data set of a metric that could be none', async () => {
    const runId = await freshRun();
    for (const fields of [{ datasetName: 'n'.repeat(501) }, { datasetDigest: 'd'.repeat(37) }]) {
      const logged = logBatch(deps, runId, batchOf({ metrics: [{ ...metric('auc', 1), ...fields }] }));
      await expect(logged).rejects.toMatchObject(refused);
    }
  });

  it('is the one name that no object can hold', async () => {
    const runId = await freshRun();
    const texts = own('__proto__');
    for (const some of [{ params: texts }, { tags: texts }, { metrics: [metric('__proto__', 1)] }])
      await expect(logBatch(deps, runId, batchOf(some))).rejects.toMatchObject(refused);
    const dataset = { name: 'd', digest: '1', sourceType: 's3', source: '{}', tags: texts };
    await expect(logInputs(deps, runId, { datasets: [dataset] })).rejects.toMatchObject(refused);
  });
});

describe('what is too long', () => {
  it('is cut of a run name, in its info and its tag alike', async () => {
    const [long, cut] = ['😀'.repeat(8_001), '😀'.repeat(8_000)];
    const made = await createRun(deps, { experimentId, runName: long });
    expect([made.info.runName === cut, made.tags['mlflow.runName'] === cut]).toEqual([true, true]);
    const runId = await freshRun();
    expect((await updateRun(deps, runId, { runName: long })).runName === cut).toBe(true);
    expect((await deps.tracking.findRun(runId))?.tags['mlflow.runName'] === cut).toBe(true);
  });

  it('is a list of more than a thousand experiments', async () => {
    const request = { view: 'ALL' as const, maxResults: 5 };
    const runs = searchRuns(deps, { ...request, experimentIds: ids(1_001) });
    await expect(runs).rejects.toMatchObject({ ...refused, message: expect.stringContaining('1000') });
    const models = searchLoggedModels(deps, { maxResults: 5, experimentIds: ids(1_001) });
    await expect(models).rejects.toMatchObject(refused);
    expect((await searchRuns(deps, { ...request, experimentIds: ids(1_000) })).items).toEqual([]);
  });

  it('makes no page token longer than a request takes, and no run is lost', async () => {
    const { experimentId: mine, runIds } = await withRuns(deps, 7, 'texts');
    for (const [i, runId] of runIds.entries()) {
      const tags = { note: `${'😀'.repeat(7_000)}${i}`, other: '😀'.repeat(7_000) };
      await logBatch(deps, runId, batchOf({ tags }));
    }
    const request = { experimentIds: [mine], view: 'ALL' as const, orderBy: ['tags.note', 'tags.other DESC'] };
    const read = async (page: { maxResults: number; pageToken?: string | undefined }) => {
      const found = await searchRuns(deps, { ...request, ...page });
      expect(found.nextPageToken?.length ?? 0).toBeLessThanOrEqual(8_000);
      return found;
    };
    const found = (await allPages(read, 2)).map(({ info }) => info.runId);
    expect(found.toSorted()).toEqual(runIds.toSorted());
  });
});

describe('what goes on meanwhile', () => {
  it('lets no tag of an experiment be lost in silence', async () => {
    deps.tracking.setExperimentTag = async () => false;
    const set = setExperimentTag(deps, experimentId, { key: 'a', value: '1' });
    await expect(set).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });

  it('repeats no run when one of a page is gone', async () => {
    const { experimentId: mine, runIds } = await withRuns(deps, 6, 'gone');
    const { wholeRuns } = deps.tracking;
    deps.tracking.wholeRuns = (infos) => wholeRuns(infos.filter(({ runId }) => runId !== runIds[4]));
    const read = (maxResults: number, pageToken?: string) =>
      searchRuns(deps, { experimentIds: [mine], view: 'ALL', maxResults, pageToken });
    const first = await read(3);
    const second = await read(3, first.nextPageToken);
    const names = [first, second].map(({ items }) => items.map(({ info }) => info.runName));
    expect(names).toEqual([
      ['r5', 'r3'],
      ['r2', 'r1', 'r0'],
    ]);
    expect([second.nextPageToken, (await read(6)).nextPageToken]).toEqual([undefined, undefined]);
  });
});
