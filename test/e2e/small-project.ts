import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PipelineName, PipelineRun } from '#contracts/pipelines.ts';
import { type MlopsClient, readProjectFolder, uploadData, waitForRun } from '#sdk/index.ts';
import { seededRandom } from '../../examples/churn/world.ts';

const customers = 600;
const dayMs = 86_400_000;
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The last 30 whole days: features older than their time to live would not be served. */
const today = Date.parse(dateOf(Date.now()));
const day = dateOf(today - 2 * dayMs);
const window = { start: new Date(today - 30 * dayMs).toISOString(), end: new Date(today).toISOString() };

/** @example customerId(7) // 'C000007' */
export const customerId = (number: number): string => `C${String(number).padStart(6, '0')}`;

interface Person {
  readonly id: string;
  readonly charges: number;
  readonly tenure: number;
  readonly churned: 0 | 1;
}

/** Who pays much and is new leaves more often: learnable, yet never certain. */
const people = (): Person[] => {
  const { next } = seededRandom(7);
  return Array.from({ length: customers }, (_, i) => {
    const charges = 30 + Math.round(next() * 50);
    const tenure = 1 + Math.round(next() * 40);
    const leaning = (charges - 55) / 6 - (tenure - 20) / 6;
    return { id: customerId(i + 1), charges, tenure, churned: next() < 1 / (1 + Math.exp(-leaning)) ? 1 : 0 };
  });
};

const csv = (header: string, rows: readonly string[]): string => [header, ...rows].join('\n');

const rawFiles = (): Record<string, string> => {
  const all = people();
  return {
    'customers.csv': csv(
      'customer_id,signup_date,age,gender,location,contract_type,payment_method',
      all.map(({ id }, i) => `${id},2024-01-01,${20 + (i % 60)},female,north,one-year,credit-card`),
    ),
    'usage/a.csv': csv(
      'customer_id,usage_date,data_usage_gb,call_minutes',
      all.map(({ id }, i) => `${id},${day},${i % 7},5`),
    ),
    'billing/a.csv': csv(
      'customer_id,billing_date,monthly_charges,late_payment,tenure_months',
      all.map(({ id, charges, tenure }) => `${id},${day},${charges},0,${tenure}`),
    ),
    'labels/a.csv': csv(
      'customer_id,label_date,churned',
      all.map(({ id, churned }) => `${id},${day},${churned}`),
    ),
  };
};

/** What a project says otherwise than the usual small one. */
export interface Otherwise {
  readonly compute?: 'lambda' | 'fargate';
  /** Of the data set. */
  readonly sql?: string;
  /** @default 1 */
  readonly trials?: number;
  readonly stacking?: boolean;
  /** Of batch scoring. @example '{ rowsAShard: 150 }' */
  readonly scoring?: string;
}

const projectFiles = async (
  name: string,
  candidates: string,
  { compute, sql, trials = 1, stacking = false, scoring = '{}' }: Otherwise,
): Promise<Record<string, string>> => {
  const files = await readProjectFolder('examples/churn');
  const yaml = (files['project.yaml'] ?? '')
    .replace('name: churn\n', `name: ${name}\n`)
    .replace(/candidates: .*/, `candidates: [${candidates}]`)
    .replace(/\n {2}stacking: .*/, '')
    .replace(/trials: .*/, `trials: ${trials}\n  stacking: ${stacking}`)
    .replace(/minimum: 0\.85/, 'minimum: 0.6')
    .replace(/bakeSeconds: .*/, 'bakeSeconds: 4')
    .replace(/steps: .*/, 'steps: [50, 100]')
    // This machine is shared with the tests: how fast it answers is not what is judged here.
    .replace(/guards: .*/, 'guards: { maxErrorRate: 0.01, maxP95LatencyMs: 5000, minRequests: 10 }')
    .replace(/windowDays: .*/, `$&\n  compute: ${compute ?? 'auto'}`)
    .replace(/schedules:[\s\S]*$/, `scoring: ${scoring}\nschedules: false\n`);
  return { ...files, 'project.yaml': yaml, ...(sql && { 'dataset.sql': sql }) };
};

const upload = async (mlops: MlopsClient, name: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'raw-'));
  for (const [path, text] of Object.entries(rawFiles())) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await uploadData(mlops, name, folder);
  rmSync(folder, { recursive: true });
};

/** Applies a quick churn-like project of that name, and uploads raw data for it: the same for every name. */
export const makeProject = async (
  mlops: MlopsClient,
  name: string,
  candidates: string,
  otherwise: Otherwise = {},
): Promise<void> => {
  await mlops.pipelines.applyProject({ body: { files: await projectFiles(name, candidates, otherwise) } });
  await upload(mlops, name);
};

/** Starts a pipeline; the data pipeline over the days that the raw data tells of. */
export const startRun = async (
  mlops: MlopsClient,
  pipeline: PipelineName,
  project: string,
  parameters: Record<string, unknown> = pipeline === 'data' ? window : {},
): Promise<string> => {
  const { runId } = await mlops.pipelines.startPipeline({ path: { pipeline }, body: { project, parameters } });
  return runId;
};

export const endOf = (mlops: MlopsClient, runId: string): Promise<PipelineRun> =>
  waitForRun(mlops, runId, { intervalMs: 200, timeoutMs: 180_000 });

/** A stage's output; empty while it has none. */
export const outputOf = <T extends object>(run: PipelineRun, stage: string): Partial<T> =>
  (run.stages.find(({ name }) => name === stage)?.output ?? {}) as Partial<T>;
