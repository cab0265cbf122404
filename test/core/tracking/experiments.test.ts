import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createExperiment,
  createRun,
  deleteExperiment,
  deleteExperimentTag,
  ensureExperiment,
  getExperiment,
  getExperimentByName,
  renameExperiment,
  restoreExperiment,
  searchExperiments,
  setExperimentTag,
} from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { makeWorld, type World } from './_world.ts';

let deps: World;
beforeEach(() => {
  deps = makeWorld();
});
const made = async (name: string): Promise<string> => (await createExperiment(deps, { name })).experimentId;

describe('experiments', () => {
  it('are made once, also for callers at once, with artifacts of their own', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => ensureExperiment(deps, { name: 'fraud' })));
    expect(new Set(all.map((experiment) => experiment.experimentId)).size).toBe(1);
    expect(all[0]?.artifactLocation).toBe(`s3://artifacts/${all[0]?.experimentId}`);
    const homeless = ensureExperiment({ ...deps, artifactBucket: '' }, { name: 'x' });
    await expect(homeless).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('are restored for who needs them, when somebody deleted them', async () => {
    const experimentId = await made('fraud');
    await deleteExperiment(deps, experimentId);
    const all = await Promise.all([1, 2, 3].map(() => ensureExperiment(deps, { name: 'fraud' })));
    for (const found of all) expect(found).toMatchObject({ experimentId, lifecycleStage: 'active' });
    expect((await createRun(deps, { experimentId })).info.experimentId).toBe(experimentId);
  });

  it('are there from the beginning: "0", Default', async () => {
    expect(await getExperiment(deps, '0')).toMatchObject({ name: 'Default', artifactLocation: 's3://artifacts/0' });
    expect(await getExperimentByName(makeWorld(), 'Default')).toMatchObject({ experimentId: '0' });
    const seen = await searchExperiments(makeWorld(), { view: 'ALL', maxResults: 5 });
    expect(seen.items.map(({ name }) => name)).toEqual(['Default']);
    expect(await deps.tracking.findExperiment('0')).toBeUndefined();
    const { tracking } = deps;
    expect((await searchExperiments({ tracking }, { view: 'ALL', maxResults: 5 })).items).toEqual([]);
    expect((await createRun(deps, { experimentId: '0' })).info.artifactUri).toMatch('s3://artifacts/0/');
  });

  it('let "0" be renamed and deleted as any other', async () => {
    await renameExperiment(deps, '0', 'mine');
    await deleteExperiment(deps, '0');
    expect(await getExperiment(deps, '0')).toMatchObject({ name: 'mine', lifecycleStage: 'deleted' });
    await expect(getExperimentByName(makeWorld(), 'mine')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await expect(createRun(deps, { experimentId: '0' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('may keep their artifacts elsewhere in S3, and nowhere else', async () => {
    const { artifactLocation } = await createExperiment(deps, { name: 'a', artifactLocation: 's3://other/x/' });
    expect(artifactLocation).toBe('s3://other/x');
    for (const location of ['file:///etc', 'http://169.254.169.254/', 's3://b/../c', 's3://b/x?y', 'gs://b/x', 'x'])
      await expect(createExperiment(deps, { name: 'b', artifactLocation: location })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      });
  });

  it.each([
    ['', {}],
    ['x'.repeat(501), {}],
    ['ok', { 'a//b': '1' }],
    ['ok', { a: 'x'.repeat(20_001) }],
  ])('refuse a bad name or tag', async (name, tags) => {
    await expect(createExperiment(deps, { name, tags })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('keep their name when deleted, are found by it, and cannot be renamed then', async () => {
    const experimentId = await made('churn');
    await deleteExperiment(deps, experimentId);
    expect(await getExperimentByName(deps, 'churn')).toMatchObject({ experimentId, lifecycleStage: 'deleted' });
    await expect(made('churn')).rejects.toMatchObject({ code: 'EXPERIMENT_EXISTS' });
    await expect(renameExperiment(deps, experimentId, 'x')).rejects.toMatchObject({ code: 'EXPERIMENT_DELETED' });
    await expect(setExperimentTag(deps, experimentId, { key: 'a', value: '1' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(deleteExperiment(deps, experimentId)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await restoreExperiment(deps, experimentId);
    await expect(restoreExperiment(deps, experimentId)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await renameExperiment(deps, experimentId, 'renamed');
    expect(await getExperimentByName(deps, 'renamed')).toMatchObject({ experimentId });
    expect(await made('churn')).not.toBe(experimentId);
  });

  it('refuse a name that another has, and say what is not there', async () => {
    const experimentId = await made('a');
    await made('b');
    await expect(renameExperiment(deps, experimentId, 'b')).rejects.toMatchObject({ code: 'EXPERIMENT_EXISTS' });
    for (const ask of [
      () => renameExperiment(deps, 'x', 'c'),
      () => deleteExperiment(deps, 'x'),
      () => getExperimentByName(deps, 'x'),
      () => setExperimentTag(deps, 'x', { key: 'a', value: '' }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });

  it('carry tags that come and go', async () => {
    const experimentId = await made('a');
    await setExperimentTag(deps, experimentId, { key: 'team', value: 'x'.repeat(20_000) });
    expect((await getExperiment(deps, experimentId)).tags.team).toHaveLength(20_000);
    await deleteExperimentTag(deps, experimentId, 'team');
    await expect(deleteExperimentTag(deps, experimentId, 'team')).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
  });

  it('are searched by view, filter and order, newest first, a page at a time', async () => {
    for (let i = 0; i < 7; i++) await made(`e${i}`);
    await deleteExperiment(deps, (await getExperimentByName(deps, 'e3')).experimentId);
    const names = async (request: object, size = 3) => {
      const read = (page: object) =>
        searchExperiments(deps, { view: 'ACTIVE_ONLY', maxResults: size, ...request, ...page });
      return (await allPages(read, size)).map(({ name }) => name).filter((name) => name !== 'Default');
    };
    expect(await names({})).toEqual(['e6', 'e5', 'e4', 'e2', 'e1', 'e0']);
    expect(await names({ view: 'DELETED_ONLY' })).toEqual(['e3']);
    expect(await names({ view: 'ALL', filter: "name LIKE 'e%'", orderBy: ['name ASC'] }, 2)).toHaveLength(7);
    await expect(names({ filter: 'name ! 3' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
