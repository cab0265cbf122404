import { describe, expect, it } from '@jest/globals';
import { TrainingJob } from '#contracts/training.ts';
import { viewDataset } from '#core/features/index.ts';
import { registerVersion, transitionStage } from '#core/registry/index.ts';
import { getRun } from '#core/tracking/index.ts';
import { prepare } from '#core/training/index.ts';
import { makeWorld, projectOf, step, type World } from './_world.ts';

const input = { ...step, reason: 'manual' };
const rowsWith = (label: string) =>
  `SELECT 'c' || lpad(i::VARCHAR, 4, '0') AS customer_id, (i % 70 + 18)::INTEGER AS age, 'basic' AS plan,
    ${label} AS y FROM range(1000) AS t(i) ORDER BY customer_id`;
const regression = { problem: 'regression', label: { name: 'y' }, gate: [{ metric: 'rmse', maximum: 9 }] };
const classes = {
  problem: 'multiclass-classification',
  label: { name: 'y' },
  gate: [{ metric: 'accuracy', minimum: 0 }],
};
const bands = "CASE WHEN i % 10 = 0 THEN 'gold' WHEN i % 3 = 0 THEN 'silver' ELSE 'bronze' END";

const begin = async (overrides: object, query: string) => {
  const world = await makeWorld(projectOf(overrides));
  await world.withFeatures(query);
  return { world, made: await prepare(world.deps, input) };
};
const jobsOf = async ({ world, made }: Awaited<ReturnType<typeof begin>>) =>
  Promise.all(made.jobs.map(async ({ specUri }) => TrainingJob.parse(await world.deps.documents.read(specUri))));
const madeRows = async (world: World, datasetId: string, sql: string) => {
  const manifest = await world.deps.datasets.catalog.find('churn', 'training', datasetId);
  return world.deps.engine.open(async (tables) => {
    await viewDataset(world.deps.datasets.objects, tables, { name: 'made', manifest: manifest! });
    return tables.rows(sql);
  });
};
const refusal = (overrides: object, query: string) =>
  begin(overrides, query).then(
    () => undefined,
    (error: unknown) => error as Error & { code: string; details: object },
  );

describe('a number as label', () => {
  it('is split over all rows, and trains what learns numbers by rmse', async () => {
    const begun = await begin(regression, rowsWith('i * 0.5'));
    const counts = await madeRows(
      begun.world,
      begun.made.trainingDatasetId,
      'SELECT split, count(*) n FROM made GROUP BY ALL ORDER BY ALL',
    );
    expect(counts.map(({ split, n }) => `${split} ${n}`)).toEqual(['test 200', 'train 600', 'validation 200']);
    const jobs = await jobsOf(begun);
    expect(jobs.map(({ candidate }) => candidate)).toEqual([
      ...['linear-regression', 'random-forest', 'hist-gradient-boosting', 'lightgbm', 'xgboost'],
    ]);
    for (const job of jobs) {
      expect(job).toMatchObject({ problem: 'regression', metric: 'rmse', label: { name: 'y' } });
      expect(job.label).not.toHaveProperty('positive');
      for (const name of ['fairness', 'threshold', 'production', 'stack']) expect(job).not.toHaveProperty(name);
    }
    const { params } = await getRun(begun.world.deps.tracking, begun.made.runId);
    expect(params).toMatchObject({ problem: 'regression', metric: 'rmse' });
    expect(params).not.toHaveProperty('threshold');
  });

  it.each([
    ['text', "'many'", 'TYPE_MISMATCH', 'is VARCHAR: "many" 1000 times; regression predicts numbers'],
    ['yes and no', 'i % 2 = 0', 'TYPE_MISMATCH', 'is BOOLEAN'],
    ['an infinity', "CASE WHEN i = 3 THEN 'inf'::DOUBLE ELSE i END", 'TYPE_MISMATCH', 'in 1 of 1000 rows'],
    ['no number', "CASE WHEN i < 3 THEN 'nan'::DOUBLE ELSE i END", 'TYPE_MISMATCH', 'in 3 of 1000 rows'],
    ['too large a number', 'i * 1e36', 'TYPE_MISMATCH', 'beyond ±3.4e38'],
    ['the same everywhere', '7', 'LABEL_HAS_ONE_CLASS', 'the same in every row: "7" 1000 times'],
    ['mostly missing', 'CASE WHEN i < 99 THEN i END', 'TOO_FEW_ROWS', '99 rows'],
  ])('is refused when it is %s', async (_, label, code, words) => {
    const error = await refusal(regression, rowsWith(label));
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(words);
  });
});

describe('several classes as label', () => {
  it('are each split by the shares, and train what learns classes by log loss', async () => {
    const begun = await begin(classes, rowsWith(bands));
    const counts = await madeRows(
      ...([begun.world, begun.made.trainingDatasetId] as const),
      "SELECT y, count(*) n, count(*) FILTER (split = 'train') train FROM made GROUP BY ALL ORDER BY ALL",
    );
    for (const { n, train } of counts) expect(Math.abs(Number(train) - 0.6 * Number(n))).toBeLessThanOrEqual(1);
    expect(counts).toHaveLength(3);
    const [job] = await jobsOf(begun);
    expect(job).toMatchObject({ problem: 'multiclass-classification', metric: 'log_loss', label: { name: 'y' } });
  });

  it.each([
    ['one', "'a'", 'LABEL_HAS_ONE_CLASS', 'has 1 values: "a" 1000 times'],
    ['two', "CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END", 'TYPE_MISMATCH', 'problem: binary-classification'],
    ['a hundred and one', 'i % 101', 'TYPE_MISMATCH', 'allowed are 100 classes'],
    ['a thousand', "'c' || i", 'TYPE_MISMATCH', 'has 1000 values'],
    [
      'a rare one',
      "CASE WHEN i < 2 THEN 'x' WHEN i % 2 = 0 THEN 'a' ELSE 'b' END",
      'TOO_FEW_ROWS',
      '2 rows of class "x"',
    ],
  ])('are refused when there are %s', async (_, label, code, words) => {
    const error = await refusal(classes, rowsWith(label));
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(words);
  });
});

describe('what stands beside the inputs in a training set', () => {
  const onDemandViews = [
    {
      name: 'payment',
      requestFields: [
        { name: 'amount', type: 'number' },
        { name: 'currency', type: 'string' },
      ],
      features: [{ name: 'per_year', type: 'number', sql: "CASE WHEN currency = 'EUR' THEN amount / age END" }],
    },
  ];
  const fairness = { columns: ['sex', 'plan'] };
  const query = `SELECT *, i % 7 AS amount, 'EUR' AS currency, (i % 7) / age AS per_year, 'f' AS sex
    FROM (SELECT *, row_number() OVER () AS i FROM (${rowsWith('i % 2')}))`;

  it('is what features are computed from in the graph, and columns of groups that are no features', async () => {
    const begun = await begin({ label: { name: 'y' }, onDemandViews, fairness }, query);
    const manifest = await begun.world.deps.catalog.find('churn', 'training', begun.made.trainingDatasetId);
    expect(manifest?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...['customer_id VARCHAR', 'age DOUBLE', 'plan VARCHAR', 'per_year DOUBLE'],
      ...['amount DOUBLE', 'currency VARCHAR', 'sex VARCHAR', 'y BIGINT', 'split VARCHAR'],
    ]);
    expect(manifest?.inputs.parameters.beside).toBe('amount:number,currency:string,sex:string');
    const [job] = await jobsOf(begun);
    expect(job?.inputs.map(({ name }) => name)).toEqual(['age', 'plan', 'per_year']);
    expect(job?.fairness).toEqual({ columns: ['sex', 'plan'], minimumGroupRows: 50 });
    expect(job?.onDemand?.requestFields.map(({ name }) => name)).toEqual(['amount', 'currency']);
  });

  it('is asked of the data pipeline when features were made before the project named it', async () => {
    const error = await refusal({ label: { name: 'y' }, fairness }, rowsWith('i % 2'));
    expect(error).toMatchObject({ code: 'COLUMN_MISSING', details: { missing: ['sex'] } });
    expect(error?.message).toContain('mlp run data --project churn');
  });

  it('makes another data set of the same features', async () => {
    const world = await makeWorld(projectOf({ label: { name: 'y' } }));
    await world.withFeatures(query);
    const first = await prepare(world.deps, input);
    await world.apply(projectOf({ label: { name: 'y' }, fairness }), 2);
    const second = await prepare(world.deps, { ...input, execution: 'run-2' });
    expect(second.trainingDatasetId).not.toBe(first.trainingDatasetId);
  });
});

describe('jobs', () => {
  const label = { name: 'y' };
  it('tell what the project says of training', async () => {
    const training = {
      ...{ classWeight: 'balanced', calibration: 'always', threshold: { minimumRecall: 0.8 }, pruning: false },
      ...{ trustedFeatures: ['age'], candidates: ['xgboost', 'lightgbm'], compute: { gpu: 1 } },
    };
    const begun = await begin(
      { label, training, serving: { entityKey: 'customer_id', threshold: 0.3 } },
      rowsWith('i % 2'),
    );
    const [xgboost, lightgbm] = await jobsOf(begun);
    expect(xgboost).toMatchObject({
      ...{ classWeight: 'balanced', calibration: 'always', thresholdRule: { minimumRecall: 0.8 }, threshold: 0.3 },
      ...{ trustedFeatures: ['age'], gpu: 1, search: { pruning: false, trials: 10 } },
    });
    expect(lightgbm?.gpu).toBe(0);
    expect(begun.made.jobs.map(({ gpu, on }) => ({ gpu, on }))).toEqual([
      { gpu: true, on: 'ecs' },
      { gpu: false, on: 'ecs' },
    ]);
    const { params } = await getRun(begun.world.deps.tracking, begun.made.runId);
    expect(params).toMatchObject({ classWeight: 'balanced', threshold: '0.3', trustedFeatures: 'age', gpu: '1' });
  });

  it('go to SageMaker where the project says so', async () => {
    const compute = { on: 'sagemaker', instanceType: 'ml.g5.12xlarge', volumeGiB: 200 };
    const { made } = await begin({ label, training: { compute, candidates: ['lightgbm'] } }, rowsWith('i % 2'));
    expect(made.jobs).toMatchObject([{ on: 'sagemaker', instanceType: 'ml.g5.12xlarge', volumeGiB: 200, gpu: false }]);
  });

  it('name the version in production and the gates against it', async () => {
    const gate = [
      { metric: 'roc_auc', minimum: 0.8 },
      { against: 'production' },
      { against: 'production', metric: 'f1', margin: 0.02, confidence: 0.9 },
    ];
    const world = await makeWorld(projectOf({ label, gate }));
    await world.withFeatures(rowsWith('i % 2'));
    const none = { world, made: await prepare(world.deps, input) };
    expect((await jobsOf(none))[0]).not.toHaveProperty('production');
    expect((await getRun(world.deps.tracking, none.made.runId)).tags.productionVersion).toBe('none');
    const { registry } = world.deps;
    for (const source of ['s3://artifacts/1/a/artifacts/model/', 's3://artifacts/1/b/artifacts/model'])
      await registerVersion(registry, { name: 'churn', source, by: 'ann' });
    await transitionStage(registry, {
      name: 'churn',
      version: 2,
      stage: 'Production',
      by: 'ann',
      archiveExisting: true,
    });
    const made = await prepare(world.deps, { ...input, execution: 'run-2' });
    expect((await jobsOf({ world, made }))[0]?.production).toEqual({
      version: 2,
      modelUri: 's3://artifacts/1/b/artifacts/model/',
      gates: [
        { metric: 'roc_auc', margin: 0, confidence: 0.95 },
        { metric: 'f1', margin: 0.02, confidence: 0.9 },
      ],
    });
    expect((await getRun(world.deps.tracking, made.runId)).tags.productionVersion).toBe('2');
  });
});
