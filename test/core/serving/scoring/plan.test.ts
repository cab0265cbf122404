/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import type { ScoringPlan } from '#contracts/scoring.ts';
import { keepPlan, requirePlan } from '#core/serving/scoring/plan-file.ts';
import { customers, scoringWorld } from './_world.ts';

describe('what there is to score', () => {
  it.each([
    [
      'no version in production',
      { model: 'none', features: customers(10) },
      'no version of churn is in production yet',
    ],
    ['no features', {}, 'churn has no features yet'],
  ])('is said to be nothing with %s', async (_, options, why) => {
    const world = await scoringWorld(options);
    expect((await world.score()).planned).toMatchObject({
      skipped: expect.stringContaining(why),
      shards: [],
      rowCount: 0,
    });
    expect(world.writes).toEqual([]);
  });

  it('is refused where it was named and is not there', async () => {
    const world = await scoringWorld({ features: customers(10) });
    await expect(world.plan({ modelVersion: 7 })).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    await expect(world.plan({ datasetId: 'f'.repeat(32) })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await expect(world.plan({ explain: true })).rejects.toMatchObject({ code: 'EXPLANATION_MISSING' });
  });

  it('may be another version and another data set than the newest', async () => {
    const world = await scoringWorld({ features: customers(10) });
    await world.promote('v2');
    await world.addFeatures(customers(20));
    const { finished } = await world.score({ modelVersion: 1, datasetId: world.dataset?.datasetId });
    expect(finished).toMatchObject({ modelVersion: 1, rowCount: 10 });
  });

  it('lacks a column, or has another type', async () => {
    const world = await scoringWorld({ features: `SELECT * EXCLUDE tenure FROM (${customers(10)})` });
    await expect(world.plan()).rejects.toMatchObject({ code: 'COLUMN_MISSING', details: { missing: ['tenure'] } });
    await world.addFeatures(`SELECT * REPLACE (CAST(tenure AS VARCHAR) AS tenure) FROM (${customers(10)})`);
    await expect(world.plan()).rejects.toMatchObject({ code: 'TYPE_MISMATCH', details: { column: 'tenure' } });
    await world.addFeatures(`SELECT * REPLACE (CAST(NULL AS INTEGER) AS contract) FROM (${customers(10)})`);
    expect((await world.score()).finished).toMatchObject({ rowCount: 10, refused: 0 });
  });

  it.each([
    ['auto', false, 'lambda'],
    ['auto', true, 'fargate'],
    ['fargate', false, 'fargate'],
    ['lambda', true, 'lambda'],
  ])('is done where the project says: %s, explained %s: %s', async (compute, explain, rung) => {
    const world = await scoringWorld({ model: 'none', features: customers(10), scoring: { compute } });
    await world.promoteExplained('v1');
    expect(await world.plan({ explain })).toMatchObject({ rung });
  });
});

describe('the plan of a scoring', () => {
  const planAt = (scoredAt: string): ScoringPlan => ({
    ...{
      scoresId: 'a'.repeat(32),
      project: 'churn',
      projectVersion: 1,
      modelVersion: 1,
      modelUri: 's3://artifacts/m/',
    },
    ...{ onnxSha256: 'b'.repeat(64), datasetId: 'c'.repeat(32), explain: false, scoredAt, rowCount: 10, rowsAShard: 5 },
    ...{ inputs: { datasets: ['c'.repeat(32)], files: [], parameters: {} }, codeVersion: 'v1' },
  });

  it('is the one that was first, also of executions that plan it at once', async () => {
    const deps = { objects: memoryObjectStore() };
    const plans = Array.from({ length: 5 }, (_, hour) => planAt(`2026-01-02T0${hour}:00:00.000Z`));
    const kept = await Promise.all(plans.map((plan) => keepPlan(deps, plan)));
    const stored = await requirePlan(deps, plans[0]!);
    expect(kept).toEqual(plans.map(() => stored));
    expect(await keepPlan(deps, planAt('2026-01-03T00:00:00.000Z'))).toEqual(stored);
  });
});
