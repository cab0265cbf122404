/** @jest-environment #test/helpers/onnx-environment.ts */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { rowsOf } from '#core/serving/index.ts';
import { type Asked, makeRows, payments, type Trained, train, trainedModel } from '../../helpers/trained-models.ts';
import { batch, item, uriOf } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const models: readonly Asked[] = [
  { name: 'computes', problem: 'binary-classification', candidate: 'lightgbm', computes: true },
  { name: 'plain', problem: 'binary-classification', candidate: 'lightgbm', computes: false },
  { name: 'several', problem: 'multiclass-classification', candidate: 'random-forest', computes: true },
  { name: 'number', problem: 'regression', candidate: 'hist-gradient-boosting', computes: true },
];
const MINUTES = 60_000;

type Row = Readonly<Record<string, FeatureValue>>;
let folder: string;
let rows: Row[];
const trained: Record<string, Trained> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trained-'));
  rows = await duckDbEngine().open(async (tables) => {
    await makeRows(tables, 1_000);
    await train(folder, tables, models);
    return (await tables.rows("FROM rows WHERE split = 'test' ORDER BY paid_at")) as Row[];
  });
  for (const { name } of models) trained[name] = await trainedModel(folder, name);
}, 5 * MINUTES);
afterAll(() => rm(folder, { recursive: true, force: true }));

const storedNames = payments.featureViews.flatMap(({ features }) => features.map(({ name }) => name));
const pick = (row: Row, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));

interface Told {
  readonly prediction: string | number;
  readonly probability: number;
  readonly features_used: Row;
}

/** The fleet's answers to the test split: stored features from the store, request fields from the request. */
const served = async (name: string): Promise<Told[]> => {
  let predictions: Told[] = [];
  await withWorld(async ({ made, start }) => {
    made.models.set(uriOf(1), trained[name]!.files);
    made.store(...rows.map((row) => item(String(row.customer_id), { features: pick(row, storedNames) })));
    const task = await start();
    const asked = rows.map((row, n) => {
      // A time is a number for one client and a text for the next.
      const at = Number(row.paid_at);
      const paid_at = n % 2 ? at : new Date(at * 1_000).toISOString();
      return { ...pick(row, ['customer_id', 'amount', 'country']), paid_at };
    });
    const { json } = await batch(task.port, { rows: asked });
    predictions = json.predictions;
  })();
  return predictions;
};

const scored = async ({ files, facts }: Trained, of: readonly Row[]) => {
  const model = await onnxModelRuntime.open(files.graph, ServingFacts.parse(facts));
  const missing = { number: Number.NaN, string: '' } as const;
  const values = of.map((row) => facts.inputs.map(({ name, type }) => (row[name] ?? missing[type]) as number | string));
  const found = await model.run(rowsOf(facts.inputs, values));
  await model.close();
  return found;
};

describe('graphs that the training container made', () => {
  it('take what a request brings and compute the features that have operators; the others stay outside', () => {
    const { facts } = trained.computes!;
    expect(facts.computed.map(({ name }) => name)).toEqual([
      ...['amount_ratio', 'log_amount', 'wait', 'is_odd_hour', 'is_foreign', 'is_risky', 'band'],
    ]);
    expect(facts.onDemand?.features.map(({ name }) => name)).toEqual(['shout']);
    const inputs = Object.fromEntries(facts.inputs.map(({ name, source, precision }) => [name, [source, precision]]));
    expect(inputs).toMatchObject({
      amount: ['request', 'double'],
      paid_at: ['request', 'double'],
      country: ['request', undefined],
      mean_amount: [undefined, 'double'],
    });
    expect(trained.plain!.facts.computed).toEqual([]);
  });

  it('answer a request as offline scoring answers the row of the data set, whose features DuckDB computed', async () => {
    const predictions = await served('computes');
    const offline = await scored(trained.plain!, rows);
    expect(rows.length).toBe(200);
    for (const [n, { probability, prediction }] of predictions.entries()) {
      const expected = offline.scores[2 * n + 1]!;
      expect(Math.abs(probability - expected)).toBeLessThanOrEqual(1e-5);
      expect(prediction).toBe(expected >= 0.5 ? 'fraud' : 'fine');
    }
    expect(new Set(predictions.map(({ prediction }) => prediction)).size).toBe(2);
  });

  // The model takes floats; a truth value is 1 or 0 in a data set.
  const asTaken = (value: FeatureValue | undefined): FeatureValue =>
    typeof value === 'string' ? value : value === null ? null : Math.fround(Number(value));

  it('tell the features that DuckDB computed', async () => {
    const computed = trained.computes!.facts.computed.map(({ name }) => name);
    const told = (await served('computes')).map(({ features_used }) => features_used);
    for (const [n, used] of told.entries())
      for (const [name, value] of Object.entries(used))
        expect([name, asTaken(value)]).toEqual([name, asTaken(rows[n]![name])]);
    for (const name of computed) {
      expect(new Set(told.map((used) => used[name])).size).toBeGreaterThan(1);
      expect(rows.some((row) => row[name] === null)).toBe(
        name !== 'wait' && name !== 'is_odd_hour' && name !== 'is_foreign',
      );
    }
    expect(told.every(({ is_foreign }) => typeof is_foreign === 'boolean')).toBe(true);
  });

  it('answer several classes and numbers over the same features', async () => {
    const several = await served('several');
    const { classes } = trained.several!.facts;
    expect(new Set(several.map(({ prediction }) => prediction))).toEqual(new Set(classes));
    const numbers = (await served('number')).map(({ prediction }) => Number(prediction));
    const truth = rows.map((row) => Number(row.loss));
    const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
    const squares = (of: readonly number[]) => of.reduce((sum, value, n) => sum + (value - truth[n]!) ** 2, 0);
    expect(squares(numbers)).toBeLessThan(squares(truth.map(() => mean)) / 2);
  });

  it.each(models.map(({ name }) => name))('%s scores every row of parity as its pipeline does', async (name) => {
    const { parity, facts } = trained[name]!;
    const count = parity.scores.length;
    expect(count).toBeGreaterThan(200);
    const columns = Object.entries(parity.inputs);
    const of = Array.from({ length: count }, (_, n) =>
      Object.fromEntries(columns.map(([column, values]) => [column, values[n] ?? null])),
    );
    const { scores, width } = await scored(trained[name]!, of);
    expect(width).toBe(facts.problem === 'regression' ? 1 : facts.classes.length);
    for (const [n, wanted] of parity.scores.entries())
      for (const [k, score] of wanted.entries())
        expect(Math.abs(scores[n * width + k]! - score)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(score)));
  });
});
