import { describe, expect, it } from '@jest/globals';
import { type CandidateOutcome, trainingFiles } from '#contracts/training.ts';
import { getVersion, listVersions } from '#core/registry/index.ts';
import { getMetricHistory, getRun } from '#core/tracking/index.ts';
import { gate, judgeGates, prepare, register, select } from '#core/training/index.ts';
import { makeWorld, projectOf, resultOf, step, type World } from './_world.ts';

const prepared = async (overrides: object = {}) => {
  const world = await makeWorld(projectOf(overrides));
  await world.withFeatures();
  const made = await prepare(world.deps, { ...step, reason: 'drift' });
  const outputs = new Map(made.jobs.map((job) => [job.candidate, job.outputUri]));
  /** What a task leaves behind. */
  const leave = (candidate: string, file: string, content: unknown) =>
    world.deps.documents.write(`${outputs.get(candidate)}${file}`, content);
  const outcome = (candidate: CandidateOutcome['candidate'], reason?: string): CandidateOutcome => ({
    candidate,
    outputUri: outputs.get(candidate) ?? '',
    status: reason === undefined ? 'succeeded' : 'failed',
    ...(reason !== undefined && { reason }),
  });
  const { runId, experimentId } = made;
  const choose = (candidates: CandidateOutcome[]) =>
    select(world.deps, { ...step, projectVersion: 1, runId, experimentId, candidates });
  return { world, made, leave, outcome, choose };
};
type Prepared = Awaited<ReturnType<typeof prepared>>;

const bothSucceed = async ({ leave, outcome, choose }: Prepared) => {
  await leave('lightgbm', trainingFiles.result, resultOf('lightgbm', { cvScore: 0.9 }));
  await leave('xgboost', trainingFiles.result, resultOf('xgboost', { cvScore: 0.7 }));
  return choose([outcome('xgboost'), outcome('lightgbm')]);
};
const childOf = async (world: World, { made }: Prepared, candidate: string) => {
  const uri = made.jobs.find((job) => job.candidate === candidate)?.outputUri ?? '';
  return getRun(world.deps.tracking, uri.split('/').at(-3) ?? '');
};

describe('select', () => {
  it('names the best by the metric and shows it on the parent run', async () => {
    const p = await prepared();
    const chosen = await bothSucceed(p);
    expect(chosen).toMatchObject({ candidate: 'lightgbm', cvScore: 0.9 });
    const parent = await getRun(p.world.deps.tracking, p.made.runId);
    expect(parent.metrics.find((m) => m.key === 'test_roc_auc')?.value).toBe(0.86);
    expect(parent.tags).toMatchObject({ candidate: 'lightgbm', childRunId: chosen.childRunId });
    expect(parent.info.status).toBe('RUNNING');
  });

  it('takes the lowest log loss, and equal ones by name', async () => {
    const p = await prepared({ training: { metric: 'log_loss' } });
    expect(await bothSucceed(p)).toMatchObject({ candidate: 'xgboost' });
    await p.leave('lightgbm', trainingFiles.result, resultOf('lightgbm', { cvScore: 0.7 }));
    expect(await p.choose([p.outcome('xgboost'), p.outcome('lightgbm')])).toMatchObject({ candidate: 'lightgbm' });
  });

  it('logs a candidate with its figures, parameters and every trial, once however often it is asked', async () => {
    const p = await prepared();
    await bothSucceed(p);
    await bothSucceed(p);
    const { info, metrics, params, tags } = await childOf(p.world, p, 'lightgbm');
    expect(info.status).toBe('FINISHED');
    expect(params).toEqual({ depth: '3', penalty: 'null' });
    expect(tags).toMatchObject({
      'mlflow.parentRunId': p.made.runId,
      parityPassed: 'true',
      'environment.python': '3.11',
    });
    const figures = Object.fromEntries(metrics.map((m) => [m.key, m.value]));
    expect(figures).toMatchObject({
      test_roc_auc: 0.86,
      val_roc_auc: 0.84,
      cv_score: 0.9,
      test_tp: 60,
      trial_score: 0.85,
    });
    const query = { runId: info.runId, key: 'trial_score', maxResults: 100 };
    const { items } = await getMetricHistory(p.world.deps.tracking, query);
    expect(items.map((m) => [m.step, m.value])).toEqual([
      [0, 0.8],
      [1, 0.85],
    ]);
  });

  it('goes on without the failed ones and keeps their reasons', async () => {
    const p = await prepared();
    await p.leave('lightgbm', trainingFiles.error, { code: 'TYPE_MISMATCH', message: 'column age is text' });
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    const outcomes = [
      p.outcome('lightgbm', 'exit code 1'),
      p.outcome('xgboost'),
      p.outcome('logistic-regression', 'spot'),
    ];
    expect(await p.choose(outcomes)).toMatchObject({ candidate: 'xgboost' });
    const told = await childOf(p.world, p, 'lightgbm');
    expect(told.info.status).toBe('FAILED');
    expect(told.tags['failure.reason']).toBe('TYPE_MISMATCH: column age is text');
    expect((await childOf(p.world, p, 'logistic-regression')).tags['failure.reason']).toBe('spot');
  });

  it('hears what a task that ended well refused, unless an attempt after that was killed', async () => {
    const p = await prepared();
    await p.leave('lightgbm', trainingFiles.error, { code: 'COLUMN_MISSING', message: 'no column age' });
    await p.leave('logistic-regression', trainingFiles.error, {});
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    await p.choose([p.outcome('lightgbm'), p.outcome('logistic-regression', 'spot'), p.outcome('xgboost')]);
    expect((await childOf(p.world, p, 'lightgbm')).tags['failure.reason']).toBe('COLUMN_MISSING: no column age');
    expect((await childOf(p.world, p, 'logistic-regression')).tags['failure.reason']).toBe('spot');
  });

  it('refuses when none is left, with each reason, and fails the parent run', async () => {
    const p = await prepared();
    await p.leave('xgboost', trainingFiles.result, { candidate: 'xgboost' });
    const chosen = p.choose([p.outcome('lightgbm', 'killed'), p.outcome('xgboost'), p.outcome('logistic-regression')]);
    await expect(chosen).rejects.toMatchObject({
      code: 'CANDIDATES_FAILED',
      details: {
        reasons: {
          lightgbm: 'killed',
          xgboost: expect.stringContaining('is not a training result'),
          'logistic-regression': expect.stringContaining('left no s3://'),
        },
      },
    });
    const parent = await getRun(p.world.deps.tracking, p.made.runId);
    expect(parent.info.status).toBe('FAILED');
    expect(parent.tags['failure.code']).toBe('CANDIDATES_FAILED');
  });

  it('never names a model whose graph differs from its Python model', async () => {
    const p = await prepared();
    const parity = { rows: 400, maxAbsDiff: 0.5, labelMismatches: 9, passed: false };
    await p.leave('lightgbm', trainingFiles.result, resultOf('lightgbm', { cvScore: 0.99, parity }));
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    expect(await p.choose([p.outcome('lightgbm'), p.outcome('xgboost')])).toMatchObject({ candidate: 'xgboost' });
    await expect(p.choose([p.outcome('lightgbm')])).rejects.toMatchObject({ code: 'PARITY_NOT_MET' });
    expect((await childOf(p.world, p, 'lightgbm')).info.status).toBe('FAILED');
    await p.leave('xgboost', trainingFiles.error, { code: 'PARITY_NOT_MET', message: 'differs by 0.5' });
    await expect(p.choose([p.outcome('xgboost', 'exit code 1')])).rejects.toMatchObject({
      code: 'PARITY_NOT_MET',
      details: { reasons: { xgboost: 'PARITY_NOT_MET: differs by 0.5' } },
    });
  });
});

describe('gate', () => {
  const ask = async (p: Prepared) => {
    const { candidate, outputUri } = await bothSucceed(p);
    return gate(p.world.deps, { ...step, projectVersion: 1, runId: p.made.runId, candidate, outputUri });
  };
  const verdictOf = async (p: Prepared) =>
    p.world.deps.documents.read(`s3://artifacts/${p.made.experimentId}/${p.made.runId}/artifacts/gate.json`);

  it('lets a model pass that meets every gate, and keeps the verdict', async () => {
    const p = await prepared({
      gate: [
        { metric: 'roc_auc', minimum: 0.86 },
        { metric: 'log_loss', maximum: 0.4 },
      ],
    });
    expect((await ask(p)).metrics).toEqual({ roc_auc: 0.86, f1: 0.6, log_loss: 0.4 });
    expect(await verdictOf(p)).toMatchObject({ passed: true, candidate: 'lightgbm' });
    expect((await getRun(p.world.deps.tracking, p.made.runId)).info.status).toBe('RUNNING');
  });

  it('refuses with every gate that was not met, and nothing is registered', async () => {
    const p = await prepared({
      gate: [
        { metric: 'roc_auc', minimum: 0.95 },
        { metric: 'f1', minimum: 0.5 },
        { metric: 'recall', minimum: 0.1 },
      ],
    });
    await expect(ask(p)).rejects.toMatchObject({
      code: 'GATE_NOT_MET',
      message: expect.stringContaining(
        'roc_auc is 0.86, must be at least 0.95; recall is not measured, must be at least 0.1',
      ),
      details: {
        refused: [
          { metric: 'roc_auc', value: 0.86, minimum: 0.95 },
          { metric: 'recall', value: null },
        ],
      },
    });
    expect(await verdictOf(p)).toMatchObject({ passed: false });
    const { info, tags } = await getRun(p.world.deps.tracking, p.made.runId);
    expect(info.status).toBe('FAILED');
    expect(tags).toMatchObject({ gate: 'refused', 'failure.code': 'GATE_NOT_MET' });
    expect(p.world.published.filter(({ name }) => name === 'VersionRegistered')).toEqual([]);
  });

  it.each([
    [{ metric: 'f1' as const, minimum: 0.5 }, { f1: 0.5 }, true],
    [{ metric: 'f1' as const, minimum: 0.5 }, { f1: 0.499 }, false],
    [{ metric: 'log_loss' as const, maximum: 0.4 }, { log_loss: 0.41 }, false],
    [{ metric: 'f1' as const, minimum: 0.1, maximum: 0.9 }, { f1: 0.95 }, false],
    [{ metric: 'f1' as const, minimum: 0 }, {}, false],
  ])('judges %j against %j', (rule, metrics, passed) => expect(judgeGates([rule], metrics)[0]?.passed).toBe(passed));
});

describe('register', () => {
  it('makes one version an execution, with its lineage, and ends the runs', async () => {
    const p = await prepared();
    const { candidate, childRunId, outputUri } = await bothSucceed(p);
    const { runId, trainingDatasetId, referenceDatasetId } = p.made;
    const ids = { runId, childRunId, trainingDatasetId, referenceDatasetId };
    const input = { ...step, projectVersion: 1, ...ids, candidate, outputUri, reason: 'drift' };
    const registered = await register(p.world.deps, input);
    expect(registered).toEqual({ model: 'churn', version: 1 });
    expect(await register(p.world.deps, input)).toEqual(registered);
    expect((await listVersions(p.world.deps.registry, 'churn', { maxResults: 10 })).items).toHaveLength(1);
    const version = await getVersion(p.world.deps.registry, 'churn', 1);
    expect(version).toMatchObject({ stage: 'None', source: `${outputUri}model/`, runId: childRunId });
    expect(version.tags).toMatchObject({
      project: 'churn',
      candidate,
      trainingDatasetId,
      referenceDatasetId,
      reason: 'drift',
      test_roc_auc: '0.86',
      onnxSha256: 'a'.repeat(64),
    });
    for (const id of [runId, childRunId])
      expect((await getRun(p.world.deps.tracking, id)).info.status).toBe('FINISHED');
    expect((await getRun(p.world.deps.tracking, runId)).tags).toMatchObject({ model: 'churn', modelVersion: '1' });
  });

  it('says VersionRegistered once', async () => {
    const p = await prepared();
    const { candidate, childRunId, outputUri } = await bothSucceed(p);
    const { runId, trainingDatasetId, referenceDatasetId } = p.made;
    const ids = { runId, childRunId, trainingDatasetId, referenceDatasetId };
    await register(p.world.deps, { ...step, projectVersion: 1, ...ids, candidate, outputUri, reason: 'drift' });
    const said = p.world.published.filter(({ name }) => name === 'VersionRegistered');
    expect(said.map(({ detail }) => detail)).toEqual([
      { project: 'churn', model: 'churn', version: 1, runId: childRunId, rollout: true },
    ]);
  });
});
