import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build, type Metafile } from 'esbuild';
import { PipelineName } from '#contracts/pipelines.ts';

const doors = [
  'tracking/api',
  'registry/api',
  'pipelines/api',
  'pipelines/record-run',
  'identity/api',
  'identity/authorizer',
  'ui/mlflow',
];
// What a door loads is what its cold start costs: `npm run bench -- cold-start` measures it, this bounds it.
const MAX_BYTES = 2_000_000;
const HEAVY = /node_modules\/(aws-cdk-lib|onnxruntime-|@duckdb|esbuild|@aws-sdk\/client-(cloudformation|lambda|sts))/;

const variables = [
  'DATA_BUCKET',
  'ARTIFACT_BUCKET',
  'EVENT_BUS_NAME',
  'ADMIN_KEY_SECRET_ARN',
  'ALERT_TOPIC_ARN',
  'SCHEDULE_GROUP',
  'UNDELIVERED_QUEUE_ARN',
  'LAMBDA_TASK_ROOT',
]
  .concat([
    'SCHEDULER_ROLE_ARN',
    'PROJECTS_TABLE',
    'TRACKING_TABLE',
    'REGISTRY_TABLE',
    'IDENTITY_TABLE',
    'CATALOG_TABLE',
  ])
  .concat(PipelineName.options.map((name) => `${name.toUpperCase()}_PIPELINE_ARN`));
const env = { AWS_REGION: 'us-east-1', ...Object.fromEntries(variables.map((name) => [name, 'x'])) };

let folder: string;
let metafile: Metafile;
const fileOf = (door: string): string => join(folder, `${door}.cjs`);
const inputsOf = (door: string): string[] => {
  const output = Object.entries(metafile.outputs).find(([file]) => file.endsWith(`${door}.cjs`));
  return Object.keys(output?.[1].inputs ?? {});
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  const entryPoints = Object.fromEntries(doors.map((door) => [door, `functions/${door}.ts`]));
  const shape = { bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node24' } as const;
  const to = { outdir: folder, outExtension: { '.js': '.cjs' }, logLevel: 'silent', metafile: true } as const;
  ({ metafile } = await build({ ...shape, ...to, entryPoints }));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const starts = (door: string): boolean => {
  const script = `process.exit(typeof require(${JSON.stringify(fileOf(door))}).handler === 'function' ? 0 : 1)`;
  return spawnSync(process.execPath, ['-e', script], { env: { ...env, PATH: process.env.PATH } }).status === 0;
};

describe.each(doors)('the bundle of %s', (door) => {
  it('is below 2 MB', () => expect(statSync(fileOf(door)).size).toBeLessThan(MAX_BYTES));
  it('carries nothing that no request needs', () =>
    expect(inputsOf(door).filter((file) => HEAVY.test(file))).toEqual([]));
  it('starts by itself, in a process of its own', () => expect(starts(door)).toBe(true));
});
