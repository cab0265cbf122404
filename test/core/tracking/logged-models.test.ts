import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createLoggedModel,
  deleteExperiment,
  deleteLoggedModel,
  deleteLoggedModelTag,
  ensureExperiment,
  finalizeLoggedModel,
  getLoggedModel,
  logLoggedModelParams,
  searchLoggedModels,
  setLoggedModelTags,
} from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { makeWorld, type World } from './_world.ts';

let deps: World;
let experimentId: string;
beforeEach(async () => {
  deps = makeWorld();
  experimentId = (await ensureExperiment(deps, { name: 'churn' })).experimentId;
});

describe('logged models', () => {
  it('are pending until they are finalized, with a place of their own', async () => {
    const model = await createLoggedModel(deps, { experimentId, name: 'tree', params: { depth: '3' } });
    expect(model).toMatchObject({ status: 'PENDING', modelId: expect.stringMatching(/^m-[0-9a-f]{32}$/) });
    expect(model.artifactUri).toBe(`s3://artifacts/${experimentId}/models/${model.modelId}/artifacts`);
    const ready = await finalizeLoggedModel(deps, model.modelId, 'READY');
    expect(ready).toMatchObject({ status: 'READY', params: { depth: '3' } });
    expect(ready.lastUpdateTimeMs).toBeGreaterThan(model.lastUpdateTimeMs);
  });

  it.each(['', 'a/b', 'a:b', 'a.b', '50%', '"', "'", 'x'.repeat(501)])('refuse the name %p', async (name) => {
    await expect(createLoggedModel(deps, { experimentId, name })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('get a name when none is given, and no place in a deleted experiment', async () => {
    expect((await createLoggedModel(deps, { experimentId })).name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    await deleteExperiment(deps, experimentId);
    await expect(createLoggedModel(deps, { experimentId })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('carry tags and params', async () => {
    const { modelId } = await createLoggedModel(deps, { experimentId, tags: { a: '1' } });
    await setLoggedModelTags(deps, modelId, { b: '2' });
    await logLoggedModelParams(deps, modelId, { p: '1' });
    await logLoggedModelParams(deps, modelId, { p: '1' });
    await expect(logLoggedModelParams(deps, modelId, { p: '2' })).rejects.toMatchObject({ code: 'PARAM_CHANGED' });
    await deleteLoggedModelTag(deps, modelId, 'a');
    await expect(deleteLoggedModelTag(deps, modelId, 'a')).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
    expect(await getLoggedModel(deps, modelId)).toMatchObject({ tags: { b: '2' }, params: { p: '1' } });
  });

  it('are found no more once deleted', async () => {
    const { modelId } = await createLoggedModel(deps, { experimentId });
    await deleteLoggedModel(deps, modelId);
    for (const id of [modelId, 'm-none'])
      await expect(getLoggedModel(deps, id)).rejects.toMatchObject({ code: 'LOGGED_MODEL_NOT_FOUND' });
    const found = await searchLoggedModels(deps, { experimentIds: [experimentId], maxResults: 5 });
    expect(found).toEqual({ items: [] });
  });

  it('are searched across experiments, a page at a time', async () => {
    const other = (await ensureExperiment(deps, { name: 'other' })).experimentId;
    for (let i = 0; i < 7; i++)
      await createLoggedModel(deps, {
        experimentId: i % 2 ? other : experimentId,
        name: `m${i}`,
        params: { i: `${i}` },
      });
    const names = async (request: object, size: number) => {
      const read = (page: { maxResults: number }) =>
        searchLoggedModels(deps, { experimentIds: [experimentId, other], ...request, ...page });
      return (await allPages(read, size)).map(({ name }) => name);
    };
    for (const size of [1, 2, 7]) expect(await names({}, size)).toEqual(['m6', 'm5', 'm4', 'm3', 'm2', 'm1', 'm0']);
    const request = {
      filter: "name != 'm4'",
      orderBy: [{ fieldName: 'name', ascending: true }],
      experimentIds: [experimentId],
    };
    expect(await names(request, 2)).toEqual(['m0', 'm2', 'm6']);
  });
});
