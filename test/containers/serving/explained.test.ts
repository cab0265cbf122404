/** @jest-environment #test/helpers/onnx-environment.ts */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { explanationFiles, ServingFacts } from '#contracts/serving-facts.ts';
import { type ModelFiles, openExplainer, rowsOf } from '#core/serving/index.ts';
import { explainedFiles, graphOf } from '#test/core/serving/scoring/_explained.ts';
import { heavyWork } from '../../../containers/serving/threads/heavy-work.ts';
import { customer, deployment, type Outside, predict, until, uriOf } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const asked = { tenure: 3, monthly_charges: 88.5, contract: 'monthly' };
const WIDTH = 3;

/** A version with a golden row as training would have written it. */
const goldenFiles = async (): Promise<ModelFiles> => {
  const texts = await explainedFiles('v1');
  const text = (name: string): string => texts[name] ?? '';
  const { parts, background, golden } = explanationFiles;
  const explanation = { parts: text(parts), background: text(background), golden: text(golden) };
  const files = { graph: graphOf('v1'), facts: text('serving.json'), explanation };
  const facts = ServingFacts.parse(JSON.parse(files.facts));
  const explainer = await openExplainer(onnxModelRuntime, files, facts);
  const [found] = await explainer.explain(rowsOf(facts.inputs, [Object.values(asked)]));
  await explainer.close();
  const columns = (numbers: Float64Array) => Array.from({ length: WIDTH }, (_, at) => [numbers[at]]);
  const row = {
    inputs: asked,
    explained: [...found!.explained],
    values: columns(found!.values),
    standardErrors: columns(found!.errors!),
  };
  const withRow = JSON.stringify({ ...JSON.parse(explanation.golden), rows: [row] });
  return { ...files, explanation: { ...explanation, golden: withRow } };
};

let good: ModelFiles;
beforeAll(async () => {
  good = await goldenFiles();
});

const stopwatch = { ms: () => performance.now() };
const second = [{ version: 2, weight: 100, modelUri: uriOf(2) }];

/** A task with a thread of its own, which serves version 1 and has these files as version 2. */
const withSecond = async (files: ModelFiles, work: (made: Outside, port: number) => Promise<void>): Promise<void> =>
  withWorld(async ({ made, start }) => {
    made.models.set(uriOf(2), files);
    const deps = made.deps();
    made.deps = () => ({ ...deps, heavy: heavyWork({ threads: 1, stopwatch, notice: () => {} }) });
    const task = await start();
    made.documents = [deployment({ revision: 2, variants: second })];
    await work(made, task.port);
  })();

const ask = (port: number) =>
  predict(port, { customer_id: 'c-9', ...customer }, { path: '/predict/churn?explain=true&top=2' });

describe('a version with an explanation', () => {
  it('goes live when its golden rows come out, and explains when asked', async () => {
    await withSecond(good, async (_, port) => {
      await until(async () => (await predict(port, { customer_id: 'c-9', ...customer })).json.model_version === '2');
      const { status, json } = await ask(port);
      expect(status).toBe(200);
      const { expected, explained, values, others } = json.explanation;
      const sum = Object.values(values as Record<string, number>).reduce((a, b) => a + b, others);
      expect(Object.keys(values)).toHaveLength(2);
      expect(expected + sum).toBeCloseTo(explained, 9);
      expect(explained).toBeCloseTo(json.probability, 6);
    });
  }, 30_000);

  const off = (): string => {
    const golden = JSON.parse(good.explanation!.golden);
    golden.rows[0].values[0][0] += 0.5;
    return JSON.stringify(golden);
  };
  it.each([
    ['a golden value off', () => ({ golden: off() })],
    ['another background', () => ({ background: good.explanation!.background.replace('30', '31') })],
    ['parts that are no JSON', () => ({ parts: '{' })],
    ['no golden file', () => ({ golden: '' })],
  ])(
    '%s: it does not go live, the version before does',
    async (_, change) => {
      const spoilt = { ...good, explanation: { ...good.explanation!, ...change() } };
      await withSecond(spoilt, async (made, port) => {
        await until(() => made.metric('ModelLoadFailures', '2') > 0);
        expect((await predict(port, { customer_id: 'c-9', ...customer })).json.model_version).toBe('1');
        const { status, json } = await ask(port);
        expect([status, json.error.code]).toEqual([409, 'EXPLANATION_MISSING']);
      });
    },
    30_000,
  );
});
