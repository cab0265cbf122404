/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import type { Row } from '#core/features/index.ts';
import { modelFields } from '#core/serving/model-fields.ts';
import type { RowAnswer } from '#core/serving/ports.ts';
import { answerReader } from '#core/serving/row-answers.ts';
import { rowsOf } from '#core/serving/rows/index.ts';
import { factsOf, graphOf } from './_explained.ts';
import { customers, scoringWorld } from './_world.ts';

const COUNT = 250;
type Answer = { readonly refused: string } | Exclude<RowAnswer, { nonsense: string }>;

/** What the fleet answers for a stored row, asked one at a time. */
const online = async (model: string, rows: readonly Row[]): Promise<Answer[]> => {
  const facts = ServingFacts.parse(factsOf(model));
  const graph = await onnxModelRuntime.open(graphOf(model), facts);
  const read = answerReader(facts);
  const fields = modelFields(facts);
  const answers: Answer[] = [];
  for (const row of rows) {
    const asked = Object.fromEntries(fields.requestFields.map((name) => [name, row[name]]));
    try {
      fields.checkAsked(asked);
      const { row: values } = fields.row(asked, row as Record<string, FeatureValue>);
      const [answer] = read(await graph.run(rowsOf(facts.inputs, [values])));
      answers.push(answer === undefined || 'nonsense' in answer ? { refused: 'INTERNAL' } : answer);
    } catch (error) {
      answers.push({ refused: (error as Error).name });
    }
  }
  await graph.close();
  return answers;
};

// Many rows of one run are added up in another order than one row alone: the last digit of a float32 may differ.
const near = (value: unknown): unknown =>
  typeof value === 'number' ? expect.closeTo(value, 6 - Math.ceil(Math.log10(1 + Math.abs(value)))) : value;
const nearRow = (row: Row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, near(value)]));

/** Holds a row of the scores against what the fleet answers. */
const expectAnswer = (row: Row, answer: Answer): void => {
  expect([row.model_version, row.scored_at]).toEqual([1, '2026-01-02 05:00:00']);
  if ('refused' in answer) {
    expect(row).toMatchObject({ refused: expect.stringContaining(`${answer.refused}: `), prediction: null });
    return;
  }
  const { prediction, probability, probabilities = {} } = answer;
  expect(row.refused).toBeNull();
  expect(row.prediction).toEqual(near(prediction));
  if (probability !== undefined) expect(row.probability).toBeCloseTo(probability, 6);
  for (const [name, value] of Object.entries(probabilities)) expect(row[`probability_${name}`]).toBeCloseTo(value, 6);
};

describe('scoring a population', () => {
  it.each(['v1', 'plans', 'bill'])(
    '%s: gives each entity what the fleet answers, in the order of the entities',
    async (model) => {
      const world = await scoringWorld({ model, features: customers(COUNT) });
      const { finished } = await world.score();
      expect(finished).toMatchObject({ rowCount: COUNT, refused: 0, datasetId: world.dataset?.datasetId });
      const rows = await world.rowsOf(finished?.scoresId);
      const features = await world.stored(world.dataset!);
      expect(rows.map((row) => row.customer_id)).toEqual(features.map((row) => row.customer_id));
      const answers = await online(model, features);
      for (const [at, row] of rows.entries()) expectAnswer(row, answers[at]!);
    },
  );

  it.each(['v1', 'plans', 'bill'])('%s: shards of any size give the same rows', async (model) => {
    const world = await scoringWorld({ model, features: customers(COUNT) });
    const whole = await world.rowsOf((await world.score()).finished?.scoresId);
    const sizes = fc.integer({ min: 40, max: COUNT + 10 });
    await fc.assert(
      fc.asyncProperty(sizes, async (rowsAShard) => {
        const sharded = await scoringWorld({ model, features: customers(COUNT), scoring: { rowsAShard } });
        const { planned, finished } = await sharded.score();
        expect(planned.shards).toHaveLength(Math.ceil(COUNT / rowsAShard));
        expect(await sharded.rowsOf(finished?.scoresId)).toEqual(whole.map(nearRow));
      }),
      { numRuns: 4 },
    );
  });
});

const payments = (count: number): string => `
  SELECT i AS customer_id, CASE WHEN i % 5 = 0 THEN -1 WHEN i % 5 < 4 THEN i * 1.25 END::DOUBLE AS amount,
    CASE WHEN i % 9 > 0 THEN 1767225600 + i * 977.25 END::DOUBLE AS asked_at, ['DE', 'FR', 'XX'][1 + i % 3] AS country,
    CASE WHEN i % 4 > 0 THEN 'DE' END AS home, 20::DOUBLE AS mean, 1767225600::DOUBLE AS last_at
  FROM range(${count}) t(i)`;

describe('a model that computes features of what requests bring', () => {
  it('takes it from the data set, and refuses the rows that the fleet refuses', async () => {
    const world = await scoringWorld({ model: 'payment', features: payments(90) });
    const { finished } = await world.score();
    const rows = await world.rowsOf(finished?.scoresId);
    const answers = await online('payment', await world.stored(world.dataset!));
    expect(rows.map((row) => row.customer_id)).toEqual(Array.from({ length: 90 }, (_, i) => i));
    for (const [at, row] of rows.entries()) expectAnswer(row, answers[at]!);
    const refused = rows.filter((row) => row.refused !== null).length;
    expect(finished?.refused).toBe(refused);
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(70);
  });

  it('takes a field for missing that a request may leave out, and refuses to go without another', async () => {
    const world = await scoringWorld({
      model: 'payment',
      features: `SELECT * EXCLUDE (amount, country) FROM (${payments(9)})`,
    });
    const { finished } = await world.score();
    const same = await world.addFeatures(
      `SELECT * REPLACE (NULL::DOUBLE AS amount, NULL::VARCHAR AS country) FROM (${payments(9)})`,
    );
    const other = await world.score({ datasetId: same.datasetId });
    expect(await world.rowsOf(finished?.scoresId)).toEqual(await world.rowsOf(other.finished?.scoresId));
    await world.addFeatures(`SELECT * EXCLUDE asked_at FROM (${payments(9)})`);
    await expect(world.plan()).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
      message: expect.stringContaining('asked_at must come with each request'),
    });
  });
});
