import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type Feature, modelType } from '#contracts/feature-views.ts';
import { Project } from '#contracts/project.ts';
import { explanationFiles, type ServingFacts } from '#contracts/serving-facts.ts';
import { ParityRows, TrainingJob, trainingFiles } from '#contracts/training.ts';
import { type Tables, trainedFeatures, trainedParts, withTrainedOnDemand } from '#core/features/index.ts';
import type { ExplanationTexts, ModelFiles } from '#core/serving/index.ts';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';

const stored: Feature[] = [
  { name: 'age', type: 'integer', minimum: 18 },
  { name: 'mean_amount', type: 'number' },
  { name: 'home', type: 'string' },
  { name: 'last_at', type: 'timestamp' },
];

/** Payments whose features are computed of what a request brings; of `shout` there is no operator for a graph. */
export const payments = Project.parse({
  name: 'churn',
  sources: { payments: { path: 'payments.csv' } },
  dataset: { sql: 'dataset.sql' },
  expectations: 'suite.json',
  features: { sql: 'features.sql' },
  entities: [{ name: 'customer', joinKey: 'customer_id' }],
  featureViews: [{ name: 'profile', entity: 'customer', features: stored }],
  onDemandViews: [
    {
      name: 'payment_check',
      requestFields: [
        { name: 'amount', type: 'number', minimum: 0 },
        { name: 'paid_at', type: 'timestamp', required: true },
        { name: 'country', type: 'string' },
      ],
      features: [
        { name: 'amount_ratio', type: 'number', sql: 'amount / nullif(mean_amount, 0)' },
        { name: 'log_amount', type: 'number', sql: 'CASE WHEN amount > 0 THEN ln(amount) END' },
        { name: 'wait', type: 'number', sql: 'epoch(paid_at) - epoch(last_at)' },
        { name: 'is_odd_hour', type: 'boolean', sql: 'hour(paid_at) NOT BETWEEN 6 AND 22' },
        { name: 'is_foreign', type: 'boolean', sql: "coalesce(country, 'DE') <> home" },
        { name: 'is_risky', type: 'boolean', sql: 'is_odd_hour AND amount_ratio > 1.5' },
        {
          name: 'band',
          type: 'string',
          sql: "CASE WHEN amount >= 150 THEN 'large' WHEN amount > 40 THEN 'middle' END",
        },
        { name: 'shout', type: 'string', sql: 'upper(country)' },
      ],
    },
  ],
  label: { name: 'answer' },
  serving: { entityKey: 'customer_id' },
});

// Random numbers from the row's number: the same on every machine. Times have fractions, and values are missing.
const share = (salt: string): string => `(hash(i || '${salt}') % 100000) / 100000.0`;
const rows = (count: number): string => `
  SELECT 'p-' || i AS customer_id, 18 + CAST(floor(60 * ${share('age')}) AS DOUBLE) AS age,
    CASE WHEN i % 11 > 0 THEN round(20 + 100 * ${share('mean')}, 2)::DOUBLE END AS mean_amount,
    ['DE', 'FR', 'IT'][1 + CAST(floor(3 * ${share('home')}) AS INTEGER)] AS home,
    1767225600 + i * 977.25::DOUBLE - round(4000 * ${share('last')}) AS last_at,
    CASE WHEN i % 13 > 0 THEN round(5 + 250 * ${share('amount')}, 2)::DOUBLE END AS amount,
    1767225600 + i * 977.25::DOUBLE AS paid_at,
    CASE WHEN i % 7 > 0 THEN ['de', 'FR', 'IT', 'DE'][1 + CAST(floor(4 * ${share('at')}) AS INTEGER)] END AS country,
    ${share('noise')} AS noise, ['train', 'train', 'train', 'validation', 'test'][1 + i % 5] AS split
  FROM range(${count}) t(i)`;

const labels = {
  'binary-classification': {
    name: 'verdict',
    sql: "CASE WHEN risk > 2.6 THEN 'fraud' ELSE 'fine' END",
    metric: 'roc_auc',
  },
  'multiclass-classification': {
    name: 'care',
    sql: "CASE WHEN risk > 2.9 THEN 'stop' WHEN risk > 2 THEN 'look' ELSE 'pass' END",
    metric: 'log_loss',
  },
  regression: { name: 'loss', sql: '5000 * risk', metric: 'rmse' },
} as const;
type Problem = keyof typeof labels;

const RISK = `2 * noise + coalesce(amount_ratio, 1) / 2 + is_foreign + is_risky + (band = 'large')::INTEGER + wait / 4000`;

/** The training set in a table, on-demand features computed by the engine as the platform does it. */
export const makeRows = async (tables: Tables, count: number): Promise<void> => {
  const computed = withTrainedOnDemand(payments, rows(count));
  const answers = Object.values(labels).map(({ name, sql }) => `${sql} AS ${name}`);
  await tables.run(`CREATE TABLE rows AS
    SELECT * EXCLUDE (noise, risk), ${answers.join(', ')} FROM (SELECT *, coalesce(${RISK}, noise * 3) AS risk FROM (${computed}))`);
};

export interface Asked {
  readonly name: string;
  readonly problem: Problem;
  readonly candidate: TrainingJob['candidate'];
  /** Whether on-demand features become part of the graph, or are columns as any other. */
  readonly computes: boolean;
  /** What else the job asks for. */
  readonly job?: Pick<Partial<TrainingJob>, 'calibration' | 'stack'>;
}

export const jobOf = (folder: string, { name, problem, candidate, computes, job }: Asked): TrainingJob => {
  const parts = trainedParts(payments);
  const { name: label, metric } = labels[problem];
  return TrainingJob.parse({
    ...{ runId: `run-${name}`, candidate, problem, project: 'churn', datasetId: 'payments' },
    dataUri: join(folder, 'data'),
    outputUri: `${join(folder, name)}/`,
    entityKey: 'customer_id',
    inputs: trainedFeatures(payments).map((feature) => ({ name: feature.name, type: modelType(feature.type) })),
    label: { name: label, ...(problem === 'binary-classification' && { positive: 'fraud' }) },
    metric,
    search: { trials: 1, timeoutSeconds: 600, folds: 2, pruning: false },
    ...{ seed: 7, classWeight: 'none', calibration: 'none', thresholdRule: { maximize: 'f1' }, threshold: 0.5 },
    ...{ trustedFeatures: [], gpu: 0 },
    ...(computes && { onDemand: parts }),
    ...job,
  });
};

const run = promisify(execFile);
// One process for all of them: most of a small training is the loading of libraries.
const program = `
import sys
from training.job import parse_job
from training.run import run
from training.machine.storage import read_bytes
for path in sys.argv[1:]:
    run(parse_job(read_bytes(path)), 1)
`;

/** Has the training container's own code make the models, in the environment of its image. */
export const train = async (folder: string, tables: Tables, all: readonly Asked[]): Promise<void> => {
  const paths = localPaths();
  const project = join(paths.containers, 'training');
  const venv = await prepareVenv({ name: 'training', source: { kind: 'project', folder: project }, paths });
  await mkdir(join(folder, 'data'), { recursive: true });
  const file = tables.localPath('rows.parquet');
  await tables.run(`COPY rows TO '${file}' (FORMAT parquet)`);
  await copyFile(file, join(folder, 'data/part-0.parquet'));
  const jobs = all.map((asked) => ({ file: join(folder, `${asked.name}.json`), job: jobOf(folder, asked) }));
  await Promise.all(jobs.map(({ file, job }) => writeFile(file, JSON.stringify(job))));
  const env = { PATH: process.env.PATH, HOME: folder, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const args = ['-c', program, ...jobs.map(({ file }) => file)];
  await run(join(venv, 'bin/python'), args, { cwd: project, env, maxBuffer: 2 ** 26 });
};

export interface Trained {
  readonly files: ModelFiles;
  readonly facts: ServingFacts;
  readonly parity: ParityRows;
}

export const trainedModel = async (folder: string, name: string): Promise<Trained> => {
  const read = (file: string) => readFile(join(folder, name, file));
  const text = async (file: string) => (await read(file)).toString();
  const facts = await text(trainingFiles.facts);
  const [parts, background, golden] = await Promise.all(
    [explanationFiles.parts, explanationFiles.background, explanationFiles.golden].map((file) =>
      text(`${trainingFiles.model}${file}`),
    ),
  );
  return {
    files: {
      graph: await read(trainingFiles.onnx),
      facts,
      explanation: { parts, background, golden } as ExplanationTexts,
    },
    facts: JSON.parse(facts),
    parity: ParityRows.parse(JSON.parse(gunzipSync(await read(trainingFiles.parityRows)).toString())),
  };
};
