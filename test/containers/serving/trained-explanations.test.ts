/** @jest-environment #test/helpers/onnx-environment.ts */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { ExplanationGolden, ExplanationParts } from '#contracts/explanation-files.ts';
import type { ExplanationMethod } from '#contracts/explanations.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import {
  checkExplanation,
  type ExplanationTexts,
  type ModelRows,
  type OpenExplainer,
  openExplainer,
  rowsOf,
  toModelValue,
} from '#core/serving/index.ts';
import { type Asked, makeRows, type Trained, train, trainedModel } from '../../helpers/trained-models.ts';

const stack: NonNullable<Asked['job']>['stack'] = [
  { candidate: 'logistic-regression', params: {} },
  { candidate: 'lightgbm', params: {} },
];
const binary = 'binary-classification';
const models: readonly (Asked & { readonly method: ExplanationMethod })[] = [
  { name: 'trees', problem: binary, candidate: 'lightgbm', computes: true, method: 'tree' },
  {
    name: 'calibrated',
    problem: binary,
    candidate: 'xgboost',
    computes: false,
    method: 'tree',
    job: { calibration: 'always' },
  },
  { name: 'several', problem: 'multiclass-classification', candidate: 'random-forest', computes: true, method: 'tree' },
  { name: 'boosted', problem: 'multiclass-classification', candidate: 'lightgbm', computes: false, method: 'tree' },
  { name: 'number', problem: 'regression', candidate: 'hist-gradient-boosting', computes: true, method: 'tree' },
  {
    name: 'line',
    problem: 'multiclass-classification',
    candidate: 'logistic-regression',
    computes: false,
    method: 'linear',
  },
  { name: 'stack', problem: binary, candidate: 'stacking', computes: true, method: 'sampled', job: { stack } },
];
const MINUTES = 60_000;

let folder: string;
const trained: Record<string, Trained> = {};
const explainers: Record<string, OpenExplainer> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explained-'));
  await duckDbEngine().open(async (tables) => {
    await makeRows(tables, 800);
    await train(folder, tables, models);
  });
  for (const { name } of models) {
    trained[name] = await trainedModel(folder, name);
    explainers[name] = await openExplainer(onnxModelRuntime, trained[name].files, factsOf(name));
  }
}, 5 * MINUTES);
afterAll(async () => {
  for (const explainer of Object.values(explainers)) await explainer.close();
  await rm(folder, { recursive: true, force: true });
});

const factsOf = (name: string) => ServingFacts.parse(JSON.parse(trained[name]!.files.facts));
const textsOf = (name: string): ExplanationTexts => trained[name]!.files.explanation!;
const goldenOf = (name: string) => ExplanationGolden.parse(JSON.parse(textsOf(name).golden));

const modelRows = (name: string, rows: readonly Readonly<Record<string, number | string | null>>[]): ModelRows => {
  const { inputs } = factsOf(name);
  return rowsOf(
    inputs,
    rows.map((row) => inputs.map((input) => toModelValue(input.type, row[input.name] ?? null))),
  );
};
const parityRows = (name: string): ModelRows => {
  const { inputs } = trained[name]!.parity;
  const columns = Object.entries(inputs);
  const of = (at: number) => Object.fromEntries(columns.map(([column, values]) => [column, values[at] ?? null]));
  return modelRows(
    name,
    Array.from({ length: 60 }, (_, at) => of(at * 3)),
  );
};

describe('explanations of models that the training container made', () => {
  it.each(models)(
    'of $name ($candidate) are $method and pass for the files that training left',
    async ({ name, method }) => {
      const texts = textsOf(name);
      const check = { modelUri: name, facts: factsOf(name), texts, digest: systemDigest };
      const { names } = await checkExplanation(check, async () => explainers[name]!);
      expect(names.method).toBe(method);
      expect(ExplanationParts.parse(JSON.parse(texts.parts)).beforeCalibration).toBe(name === 'calibrated');
    },
  );

  const exact = models.filter(({ method }) => method !== 'sampled');
  it.each(exact)('of $name are the golden ones', async ({ name }) => {
    const golden = goldenOf(name);
    const found = await explainers[name]!.explain(
      modelRows(
        name,
        golden.rows.map(({ inputs }) => inputs),
      ),
    );
    expect(golden.rows.length).toBeGreaterThan(1);
    for (const [at, { values, explained }] of golden.rows.entries()) {
      const largest = Math.max(...values.flat().map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      const apart = values.flat().map((value, cell) => Math.abs(found[at]!.values[cell]! - value));
      expect(Math.max(...apart)).toBeLessThanOrEqual(1e-6 * largest);
      for (const [k, value] of explained.entries()) expect(found[at]!.explained[k]).toBeCloseTo(value, 5);
    }
  });

  it.each(models)('of $name add up', async ({ name }) => {
    for (const { expected, explained, values } of await explainers[name]!.explain(parityRows(name)))
      for (const [k, value] of explained.entries()) {
        const told = values.filter((_, cell) => cell % explained.length === k);
        const sum = told.reduce((all, one) => all + one, expected[k]!);
        expect(Math.abs(sum - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
      }
  });

  it('of a stack lie about the golden ones as far as both standard errors tell', async () => {
    const golden = goldenOf('stack');
    const found = await explainers.stack!.explain(
      modelRows(
        'stack',
        golden.rows.map(({ inputs }) => inputs),
      ),
    );
    const cells = golden.rows.flatMap(({ values, standardErrors }, at) =>
      values.flat().map((value, cell) => ({
        off: found[at]!.values[cell]! - value,
        error: Math.hypot(found[at]!.errors![cell]!, standardErrors!.flat()[cell]!),
      })),
    );
    const squares = (of: readonly number[]) => of.reduce((sum, one) => sum + one ** 2, 0);
    const share = squares(cells.map(({ off }) => off)) / squares(cells.map(({ error }) => error));
    expect(share).toBeLessThan(3);
    expect(share).toBeGreaterThan(0.1);
  });

  it('of a stack say what the graph answers', async () => {
    const rows = parityRows('stack');
    const found = await explainers.stack!.explain(rows);
    const model = await onnxModelRuntime.open(trained.stack!.files.graph, factsOf('stack'));
    const { scores, width } = await model.run(rows);
    await model.close();
    for (const [at, { explained }] of found.entries()) expect(explained[0]).toBe(scores[at * width + 1]);
  });
});
