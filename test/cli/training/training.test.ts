import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { first, parent, second, somePlatform, someRun } from './_platform.ts';

const platform = somePlatform();
const child = (runId: string, candidate: string, metrics: Record<string, number>, tags: Record<string, string> = {}) =>
  someRun(runId, { metrics, step: 9, tags: { project: 'churn', candidate, 'mlflow.parentRunId': parent, ...tags } });

const training = someRun(parent, { params: { metric: 'pr_auc' }, tags: { project: 'churn', childRunId: first } });
const lightgbm = child(first, 'lightgbm', {
  cv_score: 0.81234,
  trial_score: 0.8,
  test_accuracy: 0.9,
  test_pr_auc: 0.79,
  training_seconds: 12.3,
  onnx_bytes: 222_100,
  parity_max_abs_diff: 4e-7,
});
const xgboost = child(second, 'xgboost', {}, { 'failure.reason': 'OUT_OF_MEMORY: too small' });
const execution = '01M8XYZ';
const ofExecution = createHash('sha256').update(execution).digest('hex').slice(0, 32);

beforeEach(() => {
  platform.replies = {
    [`/runs/${parent}`]: training,
    [`/runs/${first}`]: lightgbm,
    '/experiments/1/runs': (_: unknown, query: URLSearchParams) =>
      query.get('filter') === `tags.\`mlflow.parentRunId\` = '${parent}' AND start_time >= 1`
        ? { items: [xgboost, lightgbm] }
        : undefined,
  };
});

describe('mlp runs candidates', () => {
  it.each([
    ['the training', parent],
    ['a candidate of it', first],
  ])('shows the candidates side by side, asked by the id of %s', async (_, runId) => {
    await platform.mlp('runs', 'candidates', runId);
    const [head = '', , best = '', failed = ''] = platform.out[0]?.split('\n') ?? [];
    expect(head.split(/\s{2,}/).slice(1, 5)).toEqual(['candidate', 'cv score', 'test pr_auc', 'test accuracy']);
    expect(best.split(/\s+/)).toEqual([
      '*',
      'lightgbm',
      '0.81234',
      '0.79',
      '0.9',
      '10',
      '12.3',
      '222',
      '4.0e-7',
      first,
    ]);
    expect(failed).toMatch(/^ +xgboost .*OUT_OF_MEMORY: too small$/);
  });

  it('takes the id that `mlp run` printed, and says where the rest of a failure stands', async () => {
    platform.replies[`/runs/${ofExecution}`] = { ...training, info: { ...training.info, runId: parent } };
    await platform.mlp('runs', 'candidates', `training.${execution}`);
    expect(platform.out[0]).toContain('lightgbm');
    expect(platform.out[0]).toContain('mlp runs show RUN');
  });

  it.each(['candidates', 'gate', 'reproduce', 'show'])('%s of no run names a command that lists them', async (verb) => {
    const unknown = { error: { code: 'RUN_NOT_FOUND', message: 'GET /experiments/{id}/runs lists them' } };
    platform.replies[`/runs/${ofExecution}`] = { status: 404, body: unknown };
    const refused = await platform.mlp('runs', verb, `training.${execution}`).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'RUN_NOT_FOUND', message: expect.stringContaining('`mlp runs list NAME`') });
    expect(String(refused)).toContain(`"training.${execution}"`);
    expect(String(refused)).not.toContain('GET ');
  });

  it('gives all of it as JSON', async () => {
    await platform.mlp('runs', 'candidates', parent, '--json');
    const found = JSON.parse(platform.out[0] ?? '');
    expect(found).toMatchObject({ metric: 'pr_auc', chosen: first });
    expect(found.candidates[0]).toMatchObject({ candidate: 'lightgbm', cvScore: 0.81234, test: { accuracy: 0.9 } });
  });

  it('says when a run is no training', async () => {
    platform.replies['/experiments/1/runs'] = { items: [] };
    await expect(platform.mlp('runs', 'candidates', parent)).rejects.toThrow('is no training and belongs to none');
  });
});

describe('mlp runs gate', () => {
  const report = (passed: boolean) => ({
    passed,
    candidate: 'lightgbm',
    projectVersion: 2,
    verdicts: [
      {
        gate: 'metric',
        name: 'pr_auc',
        value: 0.79,
        limit: 'at least 0.8',
        passed,
        message: 'pr_auc is 0.79, must be at least 0.8',
      },
    ],
  });
  const withGate = (passed: boolean) => {
    platform.replies['/get-artifact'] = (_: unknown, query: URLSearchParams) =>
      query.get('run_id') === parent && query.get('path') === 'gate.json' ? report(passed) : undefined;
  };

  it('shows every verdict, and ends with 1 when one refused', async () => {
    withGate(false);
    await platform.mlp('runs', 'gate', first);
    expect(platform.out[0]).toMatch(
      /^lightgbm: refused[\s\S]*refused {2}metric {2}pr_auc {2}0.79.*must be at least 0.8$/,
    );
    expect(process.exitCode).toBe(1);
  });

  it('ends well when all passed', async () => {
    withGate(true);
    await platform.mlp('runs', 'gate', parent, '--json');
    expect(JSON.parse(platform.out[0] ?? '')).toEqual(report(true));
    expect(process.exitCode).not.toBe(1);
  });

  it('says of what a number against production is a share', async () => {
    const [metric] = report(true).verdicts;
    const verdicts = [{ ...metric, gate: 'production', name: 'rmse against version 1', value: 0.608 }];
    platform.replies['/get-artifact'] = () => ({ ...report(true), verdicts });
    await platform.mlp('runs', 'gate', parent);
    expect(platform.out[0]).toContain('rmse against version 1  worse in 60.8 % of samples');
  });

  it('says what to look at when there is none yet', async () => {
    await expect(platform.mlp('runs', 'gate', parent)).rejects.toThrow(`mlp runs show ${parent}`);
  });
});

describe('mlp runs reproduce', () => {
  const [sha, other] = ['1', '2'].map((digit) => digit.repeat(64)) as [string, string];
  const verdict = (again: string, differences: string[] = []) => ({
    reproduced: again === sha,
    runId: second,
    onnxSha256: { original: sha, again },
    differences,
    maxMetricDifference: again === sha ? 0 : 0.002,
  });
  const reply = (more: Record<string, unknown>) => {
    const run = { runId: 'training.X', pipeline: 'training', project: 'churn', startedAt: '2026-01-01T00:00:00.000Z' };
    platform.replies['/pipelines/training/runs'] = { runId: 'training.X' };
    platform.replies['/pipelines/runs/training.X'] = { ...run, status: 'SUCCEEDED', input: {}, stages: [], ...more };
  };
  const stage = (output: unknown) => ({
    stages: [{ name: 'CompareReproduction', status: 'SUCCEEDED', startedAt: '2026-01-01T00:00:00.000Z', output }],
  });

  it('of a training makes the chosen candidate again, and shows both sha256', async () => {
    reply({ output: verdict(sha) });
    await platform.mlp('runs', 'reproduce', parent);
    expect(platform.asked.find(({ body }) => body)?.body).toEqual({
      project: 'churn',
      parameters: { reproduce: first },
    });
    expect(platform.out[0]).toMatch(/^reproduced/);
    expect(platform.out[0]?.match(new RegExp(sha, 'g'))).toHaveLength(2);
    expect(process.exitCode).not.toBe(1);
  });

  it('of a candidate says what differs and ends with 1', async () => {
    reply(stage(verdict(other, ['xgboost: 3.2.0, again 3.3.0'])));
    await platform.mlp('runs', 'reproduce', first);
    expect(platform.out[0]).toMatch(/^NOT reproduced[\s\S]*0\.002[\s\S]*xgboost: 3\.2\.0, again 3\.3\.0$/);
    expect(process.exitCode).toBe(1);
  });

  it('shows the run that failed and ends with 1', async () => {
    reply({ status: 'FAILED', error: 'CANDIDATES_FAILED', cause: 'gone' });
    await platform.mlp('runs', 'reproduce', first);
    expect(platform.out[0]).toContain('CANDIDATES_FAILED: gone');
    expect(process.exitCode).toBe(1);
  });

  it('says when a training chose none', async () => {
    platform.replies[`/runs/${parent}`] = someRun(parent, { tags: { project: 'churn', execution: 'X' } });
    await expect(platform.mlp('runs', 'reproduce', parent)).rejects.toThrow(`mlp runs candidates ${parent}`);
    expect(platform.asked.some(({ body }) => body)).toBe(false);
  });

  it('starts nothing for a run of anyone else', async () => {
    platform.replies[`/runs/${first}`] = someRun(first, { tags: {} });
    await expect(platform.mlp('runs', 'reproduce', first)).rejects.toThrow('was not made by a training');
    expect(platform.asked.some(({ body }) => body)).toBe(false);
  });
});

describe('mlp models card', () => {
  const model = { name: 'churn', tags: {}, creationTimeMs: 1, lastUpdateTimeMs: 1, lastVersion: 3, aliases: {} };
  beforeEach(() => {
    platform.replies['/models/churn'] = model;
    platform.replies['/model-versions/get-artifact'] = (_: unknown, query: URLSearchParams) =>
      query.get('version') === '3' ? `card of ${query.get('name')} ${query.get('path')}` : undefined;
  });

  it('prints the Markdown of the newest version', async () => {
    await platform.mlp('models', 'card', 'churn');
    expect(platform.out).toEqual(['card of churn card.md']);
  });

  it('writes the page of a version into a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mlp-card-')), 'card.html');
    await platform.mlp('models', 'card', 'churn', '3', '--html', '--output', file);
    expect(readFileSync(file, 'utf8')).toBe('card of churn card.html');
    expect(platform.out).toEqual([]);
  });

  it('says when a version has none, or no version is meant', async () => {
    await expect(platform.mlp('models', 'card', 'churn', '2')).rejects.toThrow(
      'version 2 of churn is not there or has no',
    );
    await expect(platform.mlp('models', 'card', 'churn', 'new')).rejects.toThrow('"new" is no version number');
    platform.replies['/models/churn'] = { ...model, lastVersion: 0 };
    await expect(platform.mlp('models', 'card', 'churn')).rejects.toThrow('has no version yet');
  });
});
