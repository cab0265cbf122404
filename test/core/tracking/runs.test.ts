import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemIds } from '#adapters/system/system.ts';
import {
  createRun,
  ensureExperiment,
  finishRun,
  getMetricHistory,
  getRun,
  listRuns,
  logBatch,
  logInputs,
} from '#core/tracking/index.ts';

const world = () => {
  const published: unknown[] = [];
  let now = 1_700_000_000_000;
  return {
    tracking: memoryTrackingStore(),
    clock: { now: () => new Date(now++) },
    ids: systemIds,
    artifactBucket: 'artifacts',
    events: { publish: async (name: string, detail: unknown) => void published.push([name, detail]) } as never,
    published,
  };
};
let deps: ReturnType<typeof world>;
let experimentId: string;
const noBatch = { metrics: [], params: {}, tags: {} };

beforeEach(async () => {
  deps = world();
  experimentId = (await ensureExperiment(deps, { name: 'churn', tags: { project: 'churn' } })).experimentId;
});

describe('experiments and runs', () => {
  it('makes an experiment once, also for callers at once, with artifacts of its own', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => ensureExperiment(deps, { name: 'fraud' })));
    expect(new Set(all.map((experiment) => experiment.experimentId)).size).toBe(1);
    expect(all[0]?.artifactLocation).toBe(`s3://artifacts/${all[0]?.experimentId}`);
    await expect(ensureExperiment({ ...deps, artifactBucket: '' }, { name: 'x' })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

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

  it('ends a run and says so', async () => {
    const { info } = await createRun(deps, { experimentId, runName: 'r', userId: 'ann' });
    expect(await finishRun(deps, info.runId, { status: 'FAILED', endTimeMs: 7 })).toMatchObject({
      status: 'FAILED',
      endTimeMs: 7,
    });
    expect(deps.published).toEqual([['RunFinished', { experimentId, runId: info.runId, status: 'FAILED' }]]);
  });

  it('reads a deleted run and refuses to write to it', async () => {
    const { info } = await createRun(deps, { experimentId, runName: 'r', userId: 'ann' });
    await deps.tracking.updateRun(info.runId, { lifecycleStage: 'deleted' });
    expect((await getRun(deps, info.runId)).info.lifecycleStage).toBe('deleted');
    for (const write of [
      () => logBatch(deps, info.runId, noBatch),
      () => logInputs(deps, info.runId, []),
      () => finishRun(deps, info.runId, { status: 'FINISHED' }),
    ])
      await expect(write()).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('restore'),
      });
  });

  it('says what is not there', async () => {
    const wanted = { experimentId: '0', runName: 'r', userId: 'ann' };
    await expect(createRun(deps, wanted)).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await expect(listRuns(deps, '0', { maxResults: 1 })).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
    await expect(getRun(deps, 'x')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(logBatch(deps, 'x', noBatch)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    const history = getMetricHistory(deps, { runId: 'x', key: 'auc', maxResults: 1 });
    await expect(history).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
