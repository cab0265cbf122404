import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const doors = [
  'tracking/api',
  'registry/api',
  'pipelines/api',
  'pipelines/record-run',
  'identity/api',
  'identity/authorizer',
];
const MAX_BYTES = 3_000_000;
const MAX_START_MS = 400;

const variables = [
  'DATA_BUCKET',
  'ARTIFACT_BUCKET',
  'EVENT_BUS_NAME',
  'ADMIN_KEY_SECRET_ARN',
  'ALERT_TOPIC_ARN',
  'SCHEDULE_GROUP',
  'UNDELIVERED_QUEUE_ARN',
]
  .concat(['SCHEDULER_ROLE_ARN', 'PROJECTS_TABLE', 'TRACKING_TABLE', 'REGISTRY_TABLE', 'IDENTITY_TABLE'])
  .concat(['DATA', 'TRAINING', 'DEPLOYMENT', 'MONITORING'].map((name) => `${name}_PIPELINE_ARN`));
const env = { AWS_REGION: 'us-east-1', ...Object.fromEntries(variables.map((name) => [name, 'x'])) };

let folder: string;
const fileOf = (door: string): string => join(folder, `${door}.cjs`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  const entryPoints = Object.fromEntries(doors.map((door) => [door, `functions/${door}.ts`]));
  const shape = { bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node24' } as const;
  await build({ ...shape, entryPoints, outdir: folder, outExtension: { '.js': '.cjs' }, logLevel: 'silent' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds from nothing to a handler, in a process of its own. */
const start = (door: string): number => {
  const script = `const t = performance.now(); if (typeof require(${JSON.stringify(fileOf(door))}).handler !== 'function') process.exit(1); console.log(performance.now() - t)`;
  return Number(execFileSync(process.execPath, ['-e', script], { env: { ...env, PATH: process.env.PATH } }));
};

describe.each(doors)('the bundle of %s', (door) => {
  it('is below 3 MB', () => expect(statSync(fileOf(door)).size).toBeLessThan(MAX_BYTES));
  // The best of three: a busy machine must not fail it, a heavy import must.
  it('starts within 400 ms', () => expect(Math.min(start(door), start(door), start(door))).toBeLessThan(MAX_START_MS));
});
