import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createRun,
  deleteExperiment,
  deleteRun,
  deleteRunTag,
  ensureExperiment,
  finishRun,
  getMetricHistory,
  getRun,
  listRuns,
  logBatch,
  logInputs,
  logOutputs,
  restoreRun,
  updateRun,
} from '#core/tracking/index.ts';
import { batchOf, makeWorld, metric, type World } from './_world.ts';

let deps: World;
let experimentId: string;

beforeEach(async () => {
  deps = makeWorld();
  experimentId = (await ensureExperiment(deps, { name: 'churn', tags: { project: 'churn' } })).experimentId;
});
const freshRun = async (): Promise<string> => (await createRun(deps, { experimentId, runName: 'r' })).info.runId;

describe('runs', () => {
  it('starts a run below its experiment, and the same id again is the same run', async () => {
    const wanted = {
      experimentId,
      runName: 'nightly',
      userId: 'ann',
      tags: { 'mlflow.parentRunId': 'p' },
      runId: 'a'.repeat(32),
    };
    const run = await createRun(deps, wanted);
    expect(run.info).toMatchObject({
      status: 'RUNNING',
      artifactUri: `s3://artifacts/${experimentId}/${'a'.repeat(32)}/artifacts`,
    });
    expect(run.tags).toEqual({ 'mlflow.parentRunId': 'p', 'mlflow.runName': 'nightly' });
    expect(await createRun(deps, { ...wanted, runName: 'other' })).toEqual(run);
    expect((await listRuns(deps, experimentId, { maxResults: 5 })).items).toEqual([run]);
  });

  it('is called as its name, its tag, or something made up says', async () => {
    const name = 'mlflow.runName';
    const tagged = await createRun(deps, { experimentId, tags: { [name]: 'by tag' } });
    expect([tagged.info.runName, tagged.tags[name]]).toEqual(['by tag', 'by tag']);
    const unnamed = await createRun(deps, { experimentId });
    expect(unnamed.info.runName).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
    expect(unnamed.tags[name]).toBe(unnamed.info.runName);
    const both = createRun(deps, { experimentId, runName: 'a', tags: { [name]: 'b' } });
    await expect(both).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('keeps name and tag the same, whichever of them is set', async () => {
    const runId = await freshRun();
    const names = async () => {
      const { info, tags } = await getRun(deps, runId);
      return [info.runName, tags['mlflow.runName']];
    };
    await updateRun(deps, runId, { runName: 'by update' });
    expect(await names()).toEqual(['by update', 'by update']);
    await logBatch(deps, runId, batchOf({ tags: { 'mlflow.runName': 'by tag', other: '1' } }));
    expect(await names()).toEqual(['by tag', 'by tag']);
    await updateRun(deps, runId, { runName: '' });
    await logBatch(deps, runId, batchOf({ tags: { 'mlflow.runName': '' } }));
    expect(await names()).toEqual(['by tag', 'by tag']);
  });

  it('ends a run and says so', async () => {
    const runId = await freshRun();
    const ended = await finishRun(deps, runId, { status: 'FAILED', endTimeMs: 7 });
    expect(ended).toMatchObject({ status: 'FAILED', endTimeMs: 7 });
    expect(deps.published).toEqual([['RunFinished', { experimentId, runId, status: 'FAILED' }]]);
  });

  it('tells of an end only when there is one', async () => {
    const runId = await freshRun();
    await updateRun(deps, runId, { status: 'SCHEDULED' });
    await updateRun(deps, runId, { endTimeMs: 9 });
    expect(await updateRun(deps, runId, {})).toMatchObject({ status: 'SCHEDULED', endTimeMs: 9 });
    expect(deps.published).toEqual([]);
    await updateRun(deps, runId, { status: 'KILLED' });
    expect(deps.published).toHaveLength(1);
  });

  it('reads a deleted run and refuses to write to it, until it is restored', async () => {
    const runId = await freshRun();
    await deleteRun(deps, runId);
    expect((await getRun(deps, runId)).info.lifecycleStage).toBe('deleted');
    expect((await getMetricHistory(deps, { runId, key: 'auc' })).items).toEqual([]);
    for (const write of [
      () => logBatch(deps, runId, batchOf({})),
      () => logInputs(deps, runId, {}),
      () => logOutputs(deps, runId, []),
      () => deleteRunTag(deps, runId, 'x'),
      () => updateRun(deps, runId, { runName: 'x' }),
      () => finishRun(deps, runId, { status: 'FINISHED' }),
    ])
      await expect(write()).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('restore'),
      });
    await restoreRun(deps, runId);
    await logBatch(deps, runId, batchOf({ metrics: [metric('auc', 1)] }));
  });

  it('refuses to start in a deleted experiment, or to write to its runs', async () => {
    const runId = await freshRun();
    await deleteExperiment(deps, experimentId);
    await expect(createRun(deps, { experimentId })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(logBatch(deps, runId, batchOf({}))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('says what is not there', async () => {
    const gone = { code: 'RUN_NOT_FOUND' };
    await expect(createRun(deps, { experimentId: '9' })).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await expect(listRuns(deps, '9', { maxResults: 1 })).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    for (const ask of [
      () => getRun(deps, 'x'),
      () => logBatch(deps, 'x', batchOf({})),
      () => getMetricHistory(deps, { runId: 'x', key: 'auc', maxResults: 1 }),
      () => deleteRun(deps, 'x'),
      () => restoreRun(deps, 'x'),
    ])
      await expect(ask()).rejects.toMatchObject(gone);
    await expect(deleteRunTag(deps, await freshRun(), 'x')).rejects.toMatchObject({ code: 'TAG_NOT_FOUND' });
  });
});
