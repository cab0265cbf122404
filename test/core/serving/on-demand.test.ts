import { describe, expect, it } from '@jest/globals';
import { systemDigest } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { LedgerRecord } from '#contracts/ledger.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { checkFiles } from '#core/serving/check-model.ts';
import { loadDeployment, type ModelRow, type PredictDeps, predict, statusOf } from '#core/serving/index.ts';

const facts = {
  format: 2,
  problem: 'binary-classification',
  project: 'shop',
  runId: 'r',
  inputs: [
    { name: 'age', type: 'number', declared: 'integer', required: true, minimum: 0, maximum: 130 },
    { name: 'plan', type: 'string', declared: 'string', values: ['free', 'paid'] },
    { name: 'ratio', type: 'number' },
    { name: 'is_high', type: 'number' },
  ],
  onDemand: {
    requestFields: [{ name: 'amount', type: 'number', minimum: 0 }],
    stored: [{ name: 'mean', type: 'number' }],
    features: [
      { name: 'ratio', type: 'number', sql: 'amount / mean' },
      { name: 'is_high', type: 'boolean', sql: 'ratio > 3' },
    ],
  },
  scoresOutput: 'p',
  entityKey: 'customer_id',
  classes: ['no', 'yes'],
  threshold: 0.5,
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: [],
};
const old = { ...facts, onDemand: undefined, inputs: [{ name: 'age', type: 'number' }] };

const world = async (of: object, stored: Record<string, FeatureValue> | undefined) => {
  const rows: ModelRow[] = [];
  const ledger: LedgerRecord[] = [];
  const asked: (readonly string[] | undefined)[] = [];
  const answer = async (row: ModelRow) => {
    rows.push(row);
    return { prediction: 'yes', probability: 0.75 };
  };
  const served = {
    facts: ServingFacts.parse(JSON.parse(JSON.stringify(of))),
    modelUri: 'm',
    answer,
    answerAll: async () => [],
    explain: async () => [],
  };
  const deployment = {
    model: 'shop',
    project: 'shop',
    stickyKey: 'customer_id',
    variants: [{ version: 1, weight: 100, modelUri: 'm' }],
  } as unknown as Deployment;
  const shelf = { take: async () => served, keepOnly: async () => {} };
  const loaded = await loadDeployment({ shelf, telemetry: { loadFailed: () => {} }, notice: () => {} }, deployment);
  const deps: PredictDeps = {
    fleet: { find: () => undefined, models: () => [] },
    features: async (_key, views) => {
      asked.push(views);
      return stored;
    },
    ledger: {
      refuseWhenFull: () => {},
      commit: async (lines) => {
        for (const line of lines) ledger.push(LedgerRecord.parse(JSON.parse(line)));
      },
    },
    telemetry: { predicted: () => {}, failed: () => {} },
    clock: { now: () => new Date(0) },
    stopwatch: { ms: () => 0 },
    ids: { ulid: () => 'id' },
    digest: systemDigest,
  };
  const ask = (body: object) =>
    predict(deps, loaded!.served, { caller: 'ann', requestId: 'r', body: { customer_id: 'C1', ...body } });
  return { ask, rows, ledger, asked };
};
const stored = { age: 31, plan: 'paid', mean: 20 };

describe('predictions of a model with on-demand features', () => {
  it('are computed from the request and the stored features', async () => {
    const { ask, rows, ledger } = await world(facts, stored);
    const { features_used } = await ask({ amount: 80 });
    expect(features_used).toEqual({ age: 31, plan: 'paid', ratio: 4, is_high: true });
    expect(rows).toEqual([[31, 'paid', 4, 1]]);
    expect(ledger[0]?.inputs).toEqual(features_used);
  });

  it('take stored features from the request where it brings them, and then look nothing up', async () => {
    const { ask, rows } = await world(facts, undefined);
    await ask({ amount: 80, age: 40, plan: null, mean: 80 });
    expect(rows).toEqual([[40, '', 1, 0]]);
    await expect(ask({ amount: 80 })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
  });

  it.each([
    [{}, 'FIELD_MISSING', 'amount'],
    [{ amount: -1 }, 'FIELD_OUT_OF_RANGE', 'amount must be at least 0, got -1'],
    [{ amount: 'much' }, 'FIELD_TYPE_WRONG', 'amount must be a finite number, or null, got "much"'],
    [{ amount: Number.NaN }, 'FIELD_TYPE_WRONG', 'amount must be a finite number, or null, got NaN'],
    [{ amount: Number.POSITIVE_INFINITY }, 'FIELD_TYPE_WRONG', 'amount must be a finite number, or null, got Infinity'],
    [{ amount: true }, 'FIELD_TYPE_WRONG', 'amount must be a finite number, or null, got true'],
    [{ amount: 1, age: true }, 'FIELD_TYPE_WRONG', 'age must be a whole number within ±2^53, got true'],
    [{ amount: 1, age: 'x' }, 'FIELD_TYPE_WRONG', 'age must be a whole number within ±2^53, got "x"'],
    [{ amount: 1, age: 200 }, 'FIELD_OUT_OF_RANGE', 'age must be at least 0, at most 130, got 200'],
    [{ amount: 1, age: 1.5 }, 'FIELD_TYPE_WRONG', 'age must be a whole number'],
    [{ amount: 1, age: null }, 'FIELD_MISSING', 'age must be'],
    [{ amount: 1, plan: 'gold' }, 'FIELD_OUT_OF_RANGE', 'plan must be one of "free", "paid", got "gold"'],
    [{ amount: 1, customer_id: 2 ** 53 }, 'FIELD_TYPE_WRONG', 'larger ones go as text'],
    [{ amount: 1, ratio: 5 }, 'FIELD_UNKNOWN', 'age, amount, customer_id, mean, plan'],
  ])('refuse %j with %s', async (body, code, message) => {
    const { ask } = await world(facts, stored);
    const error = await ask(body).then(
      () => undefined,
      (caught: Error & { code: 'INTERNAL' }) => caught,
    );
    expect(error).toMatchObject({ code });
    expect(error?.message).toContain(message);
    expect(statusOf(error?.code ?? 'INTERNAL')).toBe(400);
  });

  it('refuse what is wrong before anything is looked up', async () => {
    const { ask, asked } = await world(facts, undefined);
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, true, 'much', -1])
      await expect(ask({ amount })).rejects.toMatchObject({ code: expect.stringMatching(/^FIELD_/) });
    await expect(ask({})).rejects.toMatchObject({ code: 'FIELD_MISSING' });
    expect(asked).toEqual([]);
  });

  it('refuse NaN of a field without a declared type, too, but count its truth values as 1 and 0', async () => {
    const amount = { name: 'amount', type: 'number', source: 'request', precision: 'double' };
    const { ask, rows } = await world({ ...old, inputs: [amount] }, undefined);
    await expect(ask({ amount: Number.NaN })).rejects.toMatchObject({ code: 'FIELD_TYPE_WRONG' });
    await ask({ amount: true });
    expect(rows).toEqual([[1]]);
  });

  it('are missing where they are larger than a model holds', async () => {
    const { ask, rows } = await world(facts, stored);
    const { features_used } = await ask({ amount: 1e300 });
    expect(features_used).toMatchObject({ ratio: null, is_high: true });
    expect(rows).toEqual([[31, 'paid', Number.NaN, 1]]);
  });

  it('offer null for those fields alone that may be missing', async () => {
    const field = { type: 'number', source: 'request', declared: 'number' };
    const inputs = [{ ...field, name: 'a', required: true }, { ...field, name: 'b' }, ...facts.inputs];
    const both = await world({ ...facts, inputs }, stored);
    await expect(both.ask({ amount: 1 })).rejects.toThrow('send them (null says "not known" for b alone)');
    await expect(both.ask({ amount: 1, a: 1 })).rejects.toThrow('send them (null says "not known")');
    await expect(both.ask({ amount: 1, b: 1 })).rejects.toThrow(/lacks a, .*; send them$/);
    const requestFields = [{ name: 'amount', type: 'number', required: true }];
    const outside = await world({ ...facts, onDemand: { ...facts.onDemand, requestFields } }, stored);
    await expect(outside.ask({})).rejects.toThrow(/send them$/);
    const unstored = await world({ ...old, inputs: [{ name: 'age', type: 'number', required: true }] }, {});
    await expect(unstored.ask({})).rejects.toThrow('have age; send them, or');
  });

  it('let no model go live whose expressions cannot be computed', () => {
    const [, isHigh] = facts.onDemand.features;
    const onDemand = { ...facts.onDemand, features: [{ ...isHigh, sql: 'newer_function(amount)' }] };
    const files = { graph: new Uint8Array(), facts: JSON.stringify({ ...facts, onDemand }) };
    const check = () => checkFiles('s3://m', files, { sha256: () => 'x' });
    expect(check).toThrow(expect.objectContaining({ code: 'MODEL_LOAD_FAILED' }));
    expect(check).toThrow('newer_function');
  });

  it('read the views that the model was trained on, all of them where it does not say', async () => {
    const trained = await world({ ...facts, views: ['profile'] }, stored);
    await trained.ask({ amount: 80 });
    expect(trained.asked).toEqual([['profile']]);
    const silent = await world(facts, stored);
    await silent.ask({ amount: 80 });
    expect(silent.asked).toEqual([undefined]);
  });

  it('go on for models that know of no contract', async () => {
    const { ask, rows } = await world(old, { age: 31 });
    await ask({});
    await ask({ age: 500 });
    expect(rows).toEqual([[31], [500]]);
  });

  it('are computed outside the graph beside fields that the graph takes itself', async () => {
    const amount = { name: 'amount', type: 'number', source: 'request', precision: 'double', declared: 'number' };
    const at = { ...amount, name: 'asked_at', declared: 'timestamp' };
    const { ask, rows, asked } = await world({ ...facts, inputs: [amount, at, ...facts.inputs] }, stored);
    const { features_used } = await ask({ amount: 80, asked_at: '2026-01-01T00:00:01.5Z' });
    expect(rows).toEqual([[80, 1_767_225_601.5, 31, 'paid', 4, 1]]);
    expect(features_used).toMatchObject({ amount: 80, asked_at: 1_767_225_601.5, ratio: 4, is_high: true });
    expect(asked).toHaveLength(1);
    await expect(ask({ amount: 80 })).rejects.toMatchObject({ code: 'FIELD_MISSING' });
    await expect(ask({ asked_at: 1, amount: 'x' })).rejects.toMatchObject({ code: 'FIELD_TYPE_WRONG' });
    expect(asked).toHaveLength(1);
  });
});
