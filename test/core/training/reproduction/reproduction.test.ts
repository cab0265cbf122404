import { describe, expect, it } from '@jest/globals';
import { TrainingJob, trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import { getRun, logBatch } from '#core/tracking/index.ts';
import { compareReproduction, prepareReproduction } from '#core/training/index.ts';
import { type Prepared, prepared } from '../_prepared.ts';
import { resultOf, step } from '../_world.ts';

const again = { ...step, execution: 'again-1' };
const trained = async () => {
  const p = await prepared();
  await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
  await p.choose([p.outcome('xgboost')]);
  return p;
};
const prepareAgain = (p: Prepared, reproduce = p.childId('xgboost')) =>
  prepareReproduction(p.world.deps, { ...again, reproduce });
const endAgain = async (p: Prepared, change?: Partial<TrainingResult>) => {
  const { runId, jobs, projectVersion } = await prepareAgain(p);
  const { outputUri } = jobs[0]!;
  if (change) await p.world.deps.documents.write(`${outputUri}${trainingFiles.result}`, resultOf('xgboost', change));
  const outcome = { candidate: 'xgboost', outputUri, status: change ? 'succeeded' : 'failed', reason: 'spot' } as const;
  const reproduce = p.childId('xgboost');
  const compared = compareReproduction(p.world.deps, {
    ...again,
    projectVersion,
    runId,
    reproduce,
    candidates: [outcome],
  });
  return { runId, compared };
};

describe('prepareReproduction', () => {
  it('lays out the same job with the trials that were finished and no clock, in a run of its own', async () => {
    const p = await trained();
    const made = await prepareAgain(p);
    const [task] = made.jobs;
    expect(made).toMatchObject({ project: 'churn', projectVersion: 1, experimentId: p.made.experimentId });
    expect(task).toMatchObject({ candidate: 'xgboost', on: 'ecs', gpu: false });
    const spec = p.made.jobs.find(({ candidate }) => candidate === 'xgboost')!.specUri;
    const before = TrainingJob.parse(await p.world.deps.documents.read(spec));
    const job = TrainingJob.parse(await p.world.deps.documents.read(task!.specUri));
    expect(job).toEqual({
      ...before,
      runId: made.runId,
      outputUri: task!.outputUri,
      search: { ...before.search, trials: 3, timeoutSeconds: 86_400 },
    });
    const run = await getRun(p.world.deps.tracking, made.runId);
    expect(task!.outputUri).toBe(`${run.info.artifactUri}/`);
    expect(run.tags).toMatchObject({ reproduces: p.childId('xgboost'), candidate: 'xgboost', execution: 'again-1' });
    expect(run.tags).not.toHaveProperty('onnxSha256');
    expect(run.inputs).toHaveLength(2);
    expect(await prepareAgain(p)).toEqual(made);
  });

  it("takes a training's own run as the candidate that it chose, and a reproduction as any other run", async () => {
    const p = await trained();
    const made = await prepareAgain(p, p.made.runId);
    const run = await getRun(p.world.deps.tracking, made.runId);
    expect(run.tags.reproduces).toBe(p.childId('xgboost'));
    const { compared } = await endAgain(p, {});
    await compared;
    const third = await prepareReproduction(p.world.deps, { ...again, execution: 'again-2', reproduce: made.runId });
    expect((await getRun(p.world.deps.tracking, third.runId)).tags.reproduces).toBe(made.runId);
  });

  it('refuses a run that is not there, of another project, of nobody or without a result', async () => {
    const p = await trained();
    await expect(prepareAgain(p, 'f'.repeat(32))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    const other = { ...again, project: 'fraud', reproduce: p.childId('xgboost') };
    await expect(prepareReproduction(p.world.deps, other)).rejects.toMatchObject({
      code: 'RUN_NOT_REPRODUCIBLE',
      message: expect.stringContaining('it belongs to project churn, asked for is fraud'),
    });
    await expect(prepareAgain(p, p.childId('lightgbm'))).rejects.toMatchObject({
      code: 'RUN_NOT_REPRODUCIBLE',
      message: expect.stringContaining('it has not ended'),
    });
  });

  it('says why a run has nothing to be compared with', async () => {
    const p = await prepared();
    const refusing = (reproduce: string) => expect(prepareAgain(p, reproduce)).rejects;
    const because = (why: string) => ({ code: 'RUN_NOT_REPRODUCIBLE', message: expect.stringContaining(why) });
    await refusing(p.made.runId).toMatchObject(because('its training has chosen no candidate'));
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    await p.choose([p.outcome('xgboost'), p.outcome('lightgbm', 'killed for memory')]);
    await refusing(p.childId('lightgbm')).toMatchObject(because('it failed (killed for memory)'));
    await p.leave('xgboost', trainingFiles.result, { of: 'an earlier version' });
    await refusing(p.childId('xgboost')).toMatchObject(because('result.json is gone'));
  });

  it('follows no tag to a job that the pipeline did not lay there', async () => {
    const p = await trained();
    const runId = p.childId('xgboost');
    const forge = async (tags: Record<string, string>) => {
      await logBatch(p.world.deps.tracking, runId, { metrics: [], params: {}, tags });
      await expect(prepareAgain(p)).rejects.toMatchObject({ code: 'RUN_NOT_REPRODUCIBLE' });
    };
    const mine = {
      ...((await p.world.deps.documents.read(p.made.jobs[0]!.specUri)) as object),
      runId,
      dataUri: 's3://data/other/',
    };
    await p.world.deps.documents.write(`${p.outputUri('xgboost')}jobs/xgboost.json`, mine);
    await forge({ 'mlflow.parentRunId': `${runId}/artifacts` });
    await forge({ 'mlflow.parentRunId': p.made.runId, candidate: 'lightgbm' });
  });
});

describe('compareReproduction', () => {
  it('says that the bytes are the same and ends the run', async () => {
    const p = await trained();
    const { runId, compared } = await endAgain(p, {});
    expect(await compared).toEqual({
      reproduced: true,
      runId,
      onnxSha256: { original: 'a'.repeat(64), again: 'a'.repeat(64) },
      differences: [],
      maxMetricDifference: 0,
    });
    const run = await getRun(p.world.deps.tracking, runId);
    expect(run.info.status).toBe('FINISHED');
    expect(run.tags).toMatchObject({ reproduced: 'true', onnxSha256: 'a'.repeat(64) });
    expect(run.metrics.map(({ key }) => key)).toContain('test_roc_auc');
  });

  it('says what differs in environment, bytes and metrics', async () => {
    const p = await trained();
    const { runId, compared } = await endAgain(p, {
      onnx: { sha256: 'b'.repeat(64), bytes: 1 },
      environment: { python: '3.12', gpu: 'H100', device: 'cpu: no GPU was there' },
      testMetrics: { roc_auc: 0.85, f1: 0.62, log_loss: 0.4 },
    });
    const found = await compared;
    expect(found).toMatchObject({
      reproduced: false,
      onnxSha256: { original: 'a'.repeat(64), again: 'b'.repeat(64) },
      differences: ['gpu: nothing, again H100', 'python: 3.11, again 3.12'],
    });
    expect(found.maxMetricDifference).toBeCloseTo(0.02, 12);
    const { tags } = await getRun(p.world.deps.tracking, runId);
    expect(tags).toMatchObject({ reproduced: 'false', originalOnnxSha256: 'a'.repeat(64) });
    expect(tags.differences).toContain('python: 3.11, again 3.12');
  });

  it('fails the run with the reason when it was not made once more', async () => {
    const p = await trained();
    const { runId, compared } = await endAgain(p);
    await expect(compared).rejects.toMatchObject({
      code: 'CANDIDATES_FAILED',
      message: expect.stringContaining('spot'),
    });
    expect((await getRun(p.world.deps.tracking, runId)).info.status).toBe('FAILED');
  });
});
