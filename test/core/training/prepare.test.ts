import { describe, expect, it } from '@jest/globals';
import { TrainingJob } from '#contracts/training.ts';
import { viewDataset } from '#core/features/index.ts';
import { getRun, listRuns } from '#core/tracking/index.ts';
import { prepare } from '#core/training/index.ts';
import { customers, makeWorld, projectOf, step } from './_world.ts';

const input = { ...step, reason: 'manual' };

describe('prepare', () => {
  it('stores the labelled rows, split, by key, with key, inputs and label', async () => {
    const world = await makeWorld();
    const { reference } = await world.withFeatures();
    const made = await prepare(world.deps, input);
    expect(made).toMatchObject({ rowCount: 990, projectVersion: 1, referenceDatasetId: reference.datasetId });
    const manifest = await world.deps.datasets.catalog.find('churn', 'training', made.trainingDatasetId);
    expect(manifest?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'customer_id VARCHAR',
      'age DOUBLE',
      'plan VARCHAR',
      'churned INTEGER',
      'split VARCHAR',
    ]);
    await world.deps.engine.open(async (tables) => {
      if (manifest) await viewDataset(world.deps.datasets.objects, tables, { name: 'made', manifest });
      const counts = await tables.rows('SELECT split, churned, count(*) n FROM made GROUP BY ALL ORDER BY ALL');
      expect(counts.map((c) => `${c.split} ${c.churned} ${c.n}`)).toEqual([
        'test 0 150',
        'test 1 48',
        'train 0 450',
        'train 1 144',
        'validation 0 150',
        'validation 1 48',
      ]);
      const keys = (await tables.rows('SELECT customer_id FROM made')).map((row) => String(row.customer_id));
      expect(keys).toEqual([...keys].sort());
    });
  });

  it('starts a parent run and one child run and job a candidate', async () => {
    const world = await makeWorld();
    const { reference } = await world.withFeatures();
    const made = await prepare(world.deps, { ...input, reason: 'drift' });
    const parent = await getRun(world.deps.tracking, made.runId);
    expect(parent.info.status).toBe('RUNNING');
    expect(parent.params).toMatchObject({
      ...{ problem: 'binary-classification', seed: '42', metric: 'roc_auc', split: '0.6/0.2/0.2', stacked: '0' },
      ...{ classWeight: 'none', calibration: 'auto', threshold: '{"maximize":"f1"}', computeOn: 'ecs', gpu: '0' },
      gates: '[{"metric":"roc_auc","minimum":0.8}]',
    });
    expect(parent.tags).toMatchObject({ 'platform.codeVersion': 'code-1', reason: 'drift', execution: 'run-1' });
    const digests = [made.trainingDatasetId, reference.datasetId].sort();
    expect(parent.inputs.map((dataset) => dataset.digest).sort()).toEqual(digests);
    const all = ['logistic-regression', 'random-forest', 'hist-gradient-boosting', 'lightgbm', 'xgboost'];
    expect(made.jobs.map((job) => job.candidate)).toEqual(all);
    for (const { candidate, specUri, outputUri } of made.jobs) {
      const job = TrainingJob.parse(await world.deps.documents.read(specUri));
      const child = await getRun(world.deps.tracking, job.runId);
      expect(specUri).toBe(`s3://artifacts/${made.experimentId}/${made.runId}/jobs/${candidate}.json`);
      expect(outputUri).toBe(`${child.info.artifactUri}/`);
      expect(child.tags['mlflow.parentRunId']).toBe(made.runId);
      expect(child.inputs.map((dataset) => dataset.digest).sort()).toEqual(digests);
      expect(job).toMatchObject({ candidate, outputUri, entityKey: 'customer_id', splitColumn: 'split', seed: 42 });
      expect(job.inputs.map((i) => i.name)).toEqual(['age', 'plan']);
      expect(job).toMatchObject({ problem: 'binary-classification', datasetId: made.trainingDatasetId, gpu: 0 });
      expect(job.label).toEqual({ name: 'churned', positive: 1 });
      expect(job.dataUri).toBe(`s3://data/projects/churn/datasets/training/${made.trainingDatasetId}/`);
    }
  });

  it('records where the project stood in git, on the parent and on every candidate', async () => {
    const world = await makeWorld();
    await world.withFeatures();
    const git = { commit: 'a'.repeat(40), branch: 'main', isDirty: true, diff: '+'.repeat(9_000) };
    await world.apply(projectOf(), 2, git);
    const made = await prepare(world.deps, input);
    const { items } = await listRuns(world.deps.tracking, made.experimentId, { maxResults: 10 });
    expect(items).toHaveLength(6);
    for (const { tags } of items)
      expect(tags).toMatchObject({
        'mlflow.source.git.commit': git.commit,
        'mlflow.source.git.dirty': 'true',
        'mlflow.source.git.diff': '+'.repeat(8_000),
        projectVersion: '2',
      });
  });

  it('answers the same when asked again, and makes no second data set', async () => {
    const world = await makeWorld();
    await world.withFeatures();
    const once = await prepare(world.deps, input);
    expect(await prepare(world.deps, input)).toEqual(once);
    const made = world.published.filter(({ detail }) => detail.kind === 'training');
    expect(made).toHaveLength(1);
    const other = await prepare(world.deps, { ...input, execution: 'run-2' });
    expect(other.trainingDatasetId).toBe(once.trainingDatasetId);
    expect(other.runId).not.toBe(once.runId);
  });

  it('takes the newest reference with the features that it was made from', async () => {
    const world = await makeWorld();
    await world.withFeatures();
    const newer = await world.withFeatures(customers, 'ingested-2');
    const made = await prepare(world.deps, input);
    const manifest = await world.deps.datasets.catalog.find('churn', 'training', made.trainingDatasetId);
    expect(made.referenceDatasetId).toBe(newer.reference.datasetId);
    expect(manifest?.inputs.datasets).toEqual([newer.features.datasetId]);
  });

  it('makes another training set for another seed, but not for a retry of the same execution', async () => {
    const world = await makeWorld();
    await world.withFeatures();
    const first = await prepare(world.deps, input);
    await world.apply(projectOf({ training: { seed: 7 } }), 2);
    expect(await prepare(world.deps, input)).toEqual(first);
    const second = await prepare(world.deps, { ...input, execution: 'run-2' });
    expect(second.projectVersion).toBe(2);
    expect(second.trainingDatasetId).not.toBe(first.trainingDatasetId);
  });
});

describe('prepare refuses', () => {
  const refusal = async (query: string | undefined, overrides: object = {}) => {
    const world = await makeWorld(projectOf(overrides));
    if (query !== undefined) await world.withFeatures(query);
    return prepare(world.deps, input).then(
      () => undefined,
      (error: unknown) => error as Error & { code: string; details: object },
    );
  };
  const replaced = (column: string, expression: string): string =>
    `SELECT * REPLACE (${expression} AS ${column}) FROM (${customers})`;

  it('a project without data, and says how to get it', async () => {
    const error = await refusal(undefined);
    expect(error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
    expect(error?.message).toContain('mlp run data');
  });

  it('too few labelled rows, with both numbers', async () => {
    const error = await refusal(customers, { training: { minimumRows: 991 } });
    expect(error).toMatchObject({ code: 'TOO_FEW_ROWS', details: { rows: 990, minimumRows: 991 } });
    expect(await refusal(customers, { training: { minimumRows: 990 } })).toBeUndefined();
  });

  it('a label with one class, with the values seen and the one looked for', async () => {
    const error = await refusal(customers, { label: { name: 'churned', positive: 'yes' } });
    expect(error).toMatchObject({
      code: 'LABEL_HAS_ONE_CLASS',
      details: { counts: { 0: 750, 1: 240 }, positive: 'yes' },
    });
    expect(await refusal(replaced('churned', '1'))).toMatchObject({ code: 'LABEL_HAS_ONE_CLASS' });
  });

  it('a class too small for every split and fold', async () => {
    const error = await refusal(replaced('churned', 'CASE WHEN ignored IN (1, 2, 3) THEN 1 ELSE 0 END'));
    expect(error).toMatchObject({ code: 'TOO_FEW_ROWS', details: { rows: 3, split: 'train', got: 2, minimumRows: 3 } });
  });

  it('a label with three values', async () => {
    expect(await refusal(replaced('churned', 'ignored % 3'))).toMatchObject({ code: 'TYPE_MISMATCH' });
  });

  it.each([
    ['1.0 for 1', 'churned::DOUBLE', 1],
    ['TRUE for 1', 'churned = 1', 1],
    ['text', "CASE churned WHEN 1 THEN 'Yes' WHEN 0 THEN 'No' END", 'Yes'],
  ])('not a label given as %s', async (_, expression, positive) => {
    expect(await refusal(replaced('churned', expression), { label: { name: 'churned', positive } })).toBeUndefined();
  });

  it('a feature that is not there, of another type, or the label itself', async () => {
    expect(await refusal(`SELECT * EXCLUDE (plan) FROM (${customers})`)).toMatchObject({
      code: 'COLUMN_MISSING',
      details: { missing: ['plan'] },
    });
    expect(await refusal(replaced('age', "'old'"))).toMatchObject({
      code: 'TYPE_MISMATCH',
      details: { column: 'age' },
    });
    const leaking = [{ name: 'all', entity: 'customer', features: [{ name: 'churned', type: 'number' }] }];
    expect(await refusal(customers, { featureViews: leaking })).toMatchObject({ code: 'PROJECT_INVALID' });
  });
});
