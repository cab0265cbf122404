import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type MlopsClient, readProjectFolder, uploadData, waitForRun } from '#sdk/index.ts';
import { seededRandom } from '../../examples/churn/world.ts';
import { platform } from './platform.ts';
import { until } from './processes.ts';

const mlops: MlopsClient = platform();
const columns = 'customer_id,signup_date,age,gender,location,contract_type,payment_method';
const customer = (i: number) =>
  `C${String(i).padStart(6, '0')},2024-01-01,${20 + (i % 60)},female,north,one-year,credit-card`;
const people = Array.from({ length: 600 }, (_, i) => customer(i + 1));
const day = '2026-06-29';
const window = { start: '2026-06-01T00:00:00Z', end: '2026-06-30T00:00:00Z' };

type Files = Record<string, string>;
// Nothing tells these labels: no honest model passes the gate.
const { next: tossed } = seededRandom(11);
const goodData: Files = {
  'customers.csv': [columns, ...people].join('\n'),
  'usage/a.csv': [
    'customer_id,usage_date,data_usage_gb,call_minutes',
    ...people.map((_, i) => `C${String(i + 1).padStart(6, '0')},${day},${i % 7},5`),
  ].join('\n'),
  'billing/a.csv': [
    'customer_id,billing_date,monthly_charges,late_payment,tenure_months',
    ...people.map((_, i) => `C${String(i + 1).padStart(6, '0')},${day},${30 + (i % 50)},0,${1 + (i % 40)}`),
  ].join('\n'),
  'labels/a.csv': [
    'customer_id,label_date,churned',
    ...people.map((_, i) => `C${String(i + 1).padStart(6, '0')},${day},${tossed() < 0.3 ? 1 : 0}`),
  ].join('\n'),
};

const project = async (name: string, changes: (files: Files) => void = () => {}): Promise<Files> => {
  const files = await readProjectFolder('examples/churn');
  files['project.yaml'] = (files['project.yaml'] ?? '')
    .replace('name: churn\n', `name: ${name}\n`)
    .replace(/schedules:[\s\S]*$/, 'schedules: false\n');
  changes(files);
  return files;
};
const edit = (path: string, from: string | RegExp, to: string) => (files: Files) => {
  files[path] = (files[path] ?? '').replace(from, to);
};
const upload = async (name: string, data: Files) => {
  const folder = mkdtempSync(join(tmpdir(), 'raw-'));
  for (const [path, text] of Object.entries(data)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await uploadData(mlops, name, folder);
};
const run = async (pipeline: string, name: string, parameters: Record<string, unknown> = {}) => {
  const { runId } = await mlops.pipelines.startPipeline({ path: { pipeline }, body: { project: name, parameters } });
  return waitForRun(mlops, runId, { intervalMs: 300, timeoutMs: 300_000 });
};
const without = (path: string): Files => Object.fromEntries(Object.entries(goodData).filter(([name]) => name !== path));

describe('a project that is wrong', () => {
  it.each([
    [
      'an unknown key',
      edit('project.yaml', 'windowDays: 30', 'windowDays: 30\n  windowDaze: 3'),
      /windowDaze[\s\S]*windowDays|line/,
    ],
    ['a file that is not there', edit('project.yaml', 'sql: features.sql', 'sql: feature.sql'), /feature\.sql/],
    ['a value out of range', edit('project.yaml', 'trials: 5', 'trials: 0'), /trials/],
    ['a label that is also a feature', edit('project.yaml', 'label: { name: churned', 'label: { name: age'), /age/],
  ])('is refused for %s', async (_, change, said) => {
    const applied = mlops.pipelines.applyProject({ body: { files: await project('wrong', change) } });
    await expect(applied).rejects.toMatchObject({
      code: 'PROJECT_INVALID',
      status: 400,
      message: expect.stringMatching(said) as unknown,
    });
  });

  it('was not stored', async () => {
    await expect(mlops.pipelines.getProject({ path: { project: 'wrong' } })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    });
  });
});

describe('data that is wrong stops the data pipeline', () => {
  it.each<[string, Files, (files: Files) => void, string, RegExp]>([
    ['a missing source', without('usage/a.csv'), () => {}, 'SOURCE_MISSING', /usage/],
    ['an empty file', { ...goodData, 'customers.csv': '' }, () => {}, 'SOURCE_EMPTY', /customers/],
    [
      'a missing column',
      { ...goodData, 'customers.csv': goodData['customers.csv']!.replace('contract_type', 'contract') },
      () => {},
      'COLUMN_MISSING',
      /contract_type/,
    ],
    [
      'nulls in the key',
      { ...goodData, 'customers.csv': goodData['customers.csv']!.replace('C000007', '') },
      () => {},
      'KEY_HAS_NULLS',
      /customer_id/,
    ],
    ['SQL that does not parse', goodData, edit('dataset.sql', 'LEFT JOIN', 'LEFT JION'), 'SQL_INVALID', /dataset\.sql/],
    [
      'an unmet expectation',
      goodData,
      edit('expectations.json', '"max_value": 100, "mostly": 0.99', '"max_value": 40'),
      'EXPECTATIONS_NOT_MET',
      /age/,
    ],
  ])('for %s', async (what, data, change, code, said) => {
    const name = `bad-${what.replaceAll(' ', '-').toLowerCase()}`;
    await mlops.pipelines.applyProject({ body: { files: await project(name, change) } });
    await upload(name, data);
    const failed = await run('data', name, window);
    expect([failed.status, failed.error]).toEqual(['FAILED', code]);
    expect(failed.cause).toMatch(said);
  });
});

describe('training that must not lead to a version', () => {
  const name = 'coin';
  beforeAll(async () => {
    await mlops.pipelines.applyProject({ body: { files: await project(name) } });
    await upload(name, goodData);
    expect((await run('data', name, window)).status).toBe('SUCCEEDED');
  });

  it('is refused by the gate, with the figures, and nothing is registered', async () => {
    const refused = await run('training', name);
    expect([refused.status, refused.error]).toEqual(['FAILED', 'GATE_NOT_MET']);
    expect(refused.cause).toMatch(/roc_auc.*0\.85/s);
    await expect(mlops.registry.getModel({ path: { name } })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(mlops.deployment.getDeployment({ path: { model: name } })).rejects.toMatchObject({
      code: 'DEPLOYMENT_NOT_FOUND',
    });
  });

  it('is refused with one class only', async () => {
    const oneClass = goodData['labels/a.csv']!.replaceAll(/,1(?=\n|$)/g, ',0');
    await upload(name, { ...goodData, 'labels/a.csv': oneClass });
    expect((await run('data', name, window)).status).toBe('SUCCEEDED');
    expect(await run('training', name)).toMatchObject({ status: 'FAILED', error: 'LABEL_HAS_ONE_CLASS' });
  });

  it('is refused with too few rows', async () => {
    const change = edit('project.yaml', 'minimumRows: 500', 'minimumRows: 5000');
    await mlops.pipelines.applyProject({ body: { files: await project(name, change) } });
    expect(await run('training', name)).toMatchObject({ status: 'FAILED', error: 'TOO_FEW_ROWS' });
  });

  it('was told: failed runs can be listed', async () => {
    // An end is recorded by an event, which comes a moment after it.
    const failed = async () => {
      const { items } = await mlops.pipelines.listPipelineRuns({ query: { project: name, pipeline: 'training' } });
      return items.filter(({ status }) => status === 'FAILED').length;
    };
    const three = async () => ((await failed()) < 3 ? undefined : true);
    await until(three, 'record of three failed runs', 30_000);
  });
});
