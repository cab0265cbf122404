/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { servingMetrics } from '#contracts/serving.ts';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import { ask, batch, customer, deployment, modelFiles, predict, until, uriOf } from './serving-fakes.ts';
import { withTask } from './serving-world.ts';

const full = (n: number) => ({ customer_id: `c-${n}`, ...customer });
const versionOf = async ({ port }: ServingTask, n = 1): Promise<string> =>
  (await predict(port, full(n))).json.model_version;
const both = (canary: number) => [
  { version: 1, weight: 100 - canary, modelUri: uriOf(1) },
  { version: 2, weight: canary, modelUri: uriOf(2) },
];

describe('following the fleet', () => {
  it(
    'swaps to a new version between two requests: none fails, the old is gone afterwards',
    withTask(async (outside, task) => {
      const seen = new Set<string>();
      let isOver = false;
      const caller = (async () => {
        while (!isOver) {
          const { status, json } = await predict(task.port, full(1));
          expect(status).toBe(200);
          seen.add(json.model_version);
        }
      })();
      outside.documents = [deployment({ revision: 2, variants: [{ version: 2, weight: 100, modelUri: uriOf(2) }] })];
      await until(async () => (await versionOf(task)) === '2');
      isOver = true;
      await caller;
      expect([...seen].sort()).toEqual(['1', '2']);
      expect((await ask(task.port, '/metrics')).text).toContain('active_model_version{model_name="churn"} 2');
    }),
  );

  it(
    'gives a canary its share, the same callers each time, and keeps them when it grows',
    withTask(async (outside, task) => {
      const canaryOf = async (): Promise<Set<number>> => {
        const rows = Array.from({ length: 500 }, (_, n) => full(n));
        const { json } = await batch(task.port, { rows });
        return new Set([...rows.keys()].filter((n) => json.predictions[n].variant === 'canary'));
      };
      outside.documents = [deployment({ revision: 2, phase: 'canary', variants: both(10) })];
      await until(async () => (await canaryOf()).size > 0);
      const tenth = await canaryOf();
      expect(tenth.size).toBeGreaterThan(25);
      expect(tenth.size).toBeLessThan(80);
      expect(await canaryOf()).toEqual(tenth);
      outside.documents = [deployment({ revision: 3, phase: 'canary', variants: both(50) })];
      await until(async () => (await canaryOf()).size > 150);
      const half = await canaryOf();
      expect([...tenth].filter((n) => !half.has(n))).toEqual([]);
    }),
  );

  it(
    'stops serving a model whose deployment is gone',
    withTask(async (outside, task) => {
      outside.documents = [];
      await until(async () => (await predict(task.port, full(1))).status === 404);
      expect((await ask(task.port, '/ready')).status).toBe(200);
    }),
  );
});

describe('a model that must not go live', () => {
  // sha256 of the bytes "nonsense".
  const SHA256_OF_NONSENSE = '999aaa8645bb72ff599e143b1e3d2a94777127f4783a69f067251f7bbebc5ab6';

  const broken = async () => {
    const { graph, facts } = await modelFiles('v2');
    const parsed = JSON.parse(facts);
    const off = parsed.goldenRows.map((row: { scores: number[] }) => ({
      ...row,
      scores: row.scores.map((score) => score + 2e-5),
    }));
    const single = parsed.goldenRows.map((row: { scores: number[] }) => ({ ...row, scores: row.scores.slice(1) }));
    const other = (await modelFiles('v1')).graph;
    return {
      'a graph of another sha256': { graph: other, facts },
      'a golden row off by 2e-5': { graph, facts: JSON.stringify({ ...parsed, goldenRows: off }) },
      'golden rows with one score of two': { graph, facts: JSON.stringify({ ...parsed, goldenRows: single }) },
      'three classes of two': { graph, facts: JSON.stringify({ ...parsed, classes: ['a', 'b', 'c'] }) },
      'no golden rows': { graph, facts: JSON.stringify({ ...parsed, goldenRows: [] }) },
      'facts that are no JSON': { graph, facts: '{' },
      'facts without inputs': { graph, facts: JSON.stringify({ ...parsed, inputs: [] }) },
      'bytes that are no graph': {
        graph: Buffer.from('nonsense'),
        facts: facts.replace(parsed.onnxSha256, SHA256_OF_NONSENSE),
      },
      'an input the graph lacks': {
        graph,
        facts: facts.replaceAll('"monthly_charges"', '"monthly_charge"'),
      },
      'no files at all': undefined,
    };
  };

  it.each([
    'a graph of another sha256',
    'a golden row off by 2e-5',
    'golden rows with one score of two',
    'three classes of two',
    'no golden rows',
    'facts that are no JSON',
    'facts without inputs',
    'bytes that are no graph',
    'an input the graph lacks',
    'no files at all',
  ] as const)('%s never replaces a good one and is told', async (kind) => {
    await withTask(async (outside, task) => {
      const files = (await broken())[kind];
      if (files) outside.models.set(uriOf(2), files);
      else outside.models.delete(uriOf(2));
      outside.documents = [deployment({ revision: 2, phase: 'canary', variants: both(50) })];
      await until(() => outside.metric(servingMetrics.loadFailures, '2') > 0);
      expect(outside.metric(servingMetrics.loadFailures, '1')).toBe(0);
      const { json } = await ask(task.port, '/');
      expect(json.models[0]).toMatchObject({ revision: 1, variants: [{ version: 1, weight: 100 }] });
      for (let n = 0; n < 20; n += 1) expect(await versionOf(task, n)).toBe('1');
      // The rollout gives up; the next good one is taken.
      outside.models.set(uriOf(2), await modelFiles('v2'));
      outside.documents = [deployment({ revision: 3, variants: [{ version: 2, weight: 100, modelUri: uriOf(2) }] })];
      await until(async () => (await versionOf(task)) === '2');
    })();
  });

  it(
    'is told from the registered one by its sha256, though its own files agree',
    withTask(async (outside, task) => {
      const { onnxSha256 } = JSON.parse((await modelFiles('v2')).facts);
      const taking = (sha256: string, revision: number) =>
        deployment({
          revision,
          variants: [{ version: 2, weight: 100, modelUri: uriOf(2), onnxSha256: sha256 }],
        });
      outside.documents = [taking('0'.repeat(64), 2)];
      await until(() => outside.metric(servingMetrics.loadFailures, '2') > 0);
      expect(await versionOf(task)).toBe('1');
      outside.documents = [taking(onnxSha256, 3)];
      await until(async () => (await versionOf(task)) === '2');
      // In memory already, yet not what a later document asks for.
      outside.documents = [taking('1'.repeat(64), 4)];
      const before = outside.metric(servingMetrics.loadFailures, '2');
      await until(() => outside.metric(servingMetrics.loadFailures, '2') > before);
    }),
    20_000,
  );

  it(
    'is tried again: a model that was only late gets its traffic',
    withTask(async (outside, task) => {
      outside.models.delete(uriOf(2));
      outside.documents = [deployment({ revision: 2, variants: [{ version: 2, weight: 100, modelUri: uriOf(2) }] })];
      await until(() => outside.metric(servingMetrics.loadFailures, '2') > 0);
      outside.models.set(uriOf(2), await modelFiles('v2'));
      await until(async () => (await versionOf(task)) === '2');
    }),
    20_000,
  );
});
