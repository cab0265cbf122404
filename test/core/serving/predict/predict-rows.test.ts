import { describe, expect, it } from '@jest/globals';
import { systemDigest } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { LedgerRecord } from '#contracts/ledger.ts';
import { PredictBatchReply } from '#contracts/serving.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import {
  type ModelRows,
  type PredictDeps,
  predictBatchText,
  predictOne,
  type RowAnswer,
  type Served,
  type ServedModel,
} from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';

const facts = ServingFacts.parse({
  format: 2,
  project: 'shop',
  runId: 'r',
  problem: 'binary-classification',
  inputs: [
    { name: 'age', type: 'number' },
    { name: 'plan', type: 'string' },
  ],
  scoresOutput: 'p',
  entityKey: 'customer_id',
  classes: ['no', 'yes'],
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: [],
});
const explains = { method: 'linear', of: 'margin', columns: ['age', 'plan'], outputs: ['yes'] } as const;

interface World {
  readonly answers?: (rows: ModelRows) => readonly RowAnswer[];
  readonly isFull?: boolean;
  readonly cannotExplain?: boolean;
}

const world = ({ answers, isFull = false, cannotExplain = false }: World = {}) => {
  const lines: string[] = [];
  const asked: ModelRows[] = [];
  const sure = ({ count, columns }: ModelRows): RowAnswer[] =>
    Array.from({ length: count }, (_, at) => ({ prediction: 'yes', probability: Number(columns[0]?.[at]) / 100 }));
  const model: ServedModel = {
    facts,
    modelUri: 's3://m/1/',
    ...(!cannotExplain && { explains }),
    answer: async ([age]) => ({ prediction: 'yes', probability: Number(age) / 100 }),
    answerAll: async (rows) => {
      asked.push(rows);
      return (answers ?? sure)(rows);
    },
    explain: async ({ count }) =>
      Array.from({ length: count }, () => ({
        expected: Float64Array.of(0.5),
        explained: Float64Array.of(3.5),
        values: Float64Array.of(1, 2),
      })),
  };
  const variants = [{ version: 1, weight: 100, modelUri: 's3://m/1/' }] as const;
  const deployment = { model: 'shop', project: 'shop', stickyKey: 'session', variants } as unknown as Deployment;
  const allowed = new Set(['customer_id', 'session', 'age', 'plan']);
  const served: Served = { deployment, variants, models: new Map([[1, model]]), allowed };
  const full = new PlatformError('LEDGER_FULL', 'full');
  const deps: PredictDeps = {
    fleet: { find: () => served, models: () => ['shop'] },
    features: async (key) => (key.endsWith('#stored') ? { age: 40, plan: 'paid' } : undefined),
    ledger: {
      refuseWhenFull: () => {
        if (isFull) throw full;
      },
      commit: async (written) => void lines.push(...written),
    },
    telemetry: { predicted: () => {}, failed: () => {} },
    clock: { now: () => new Date(0) },
    stopwatch: { ms: () => 0 },
    ids: { ulid: () => '01KBV3S8Z7Q2N4M6P8R0T2V4W6' },
    digest: systemDigest,
  };
  const asker = { caller: 'ann', requestId: 'r' };
  const batch = async (rows: readonly unknown[], more: { explain?: { top?: number } } = {}) => {
    const json = JSON.stringify({ rows });
    const text = await predictBatchText(deps, served, { ...asker, ...more, body: JSON.parse(json), json });
    return PredictBatchReply.parse(JSON.parse(text)).predictions;
  };
  const one = async (body: object, more: { explain?: { top?: number } } = {}) =>
    JSON.parse((await predictOne(deps, served, { ...asker, ...more, body, json: JSON.stringify(body) })).text);
  return { batch, one, asked, records: () => lines.map((line) => LedgerRecord.parse(JSON.parse(line))) };
};

const good = { customer_id: 'c-1', age: 30, plan: 'free' };

describe('predictions of many rows', () => {
  it('are one run for all good rows, in their order, each bad row with its own error', async () => {
    const { batch, asked, records } = world();
    const rows = [good, { customer_id: 'c-2', age: 'x' }, 5, { customer_id: 'stored' }, { customer_id: 'nobody' }];
    const predictions = await batch([...rows, { ...good, age: 50 }]);
    expect(predictions.map((one) => ('error' in one ? one.error.code : one.probability))).toEqual([
      ...[0.3, 'FIELD_TYPE_WRONG', 'INVALID_REQUEST', 0.4, 'ENTITY_NOT_FOUND', 0.5],
    ]);
    expect(asked.map(({ columns }) => columns.map((column) => [...column]))).toEqual([
      [
        [30, 40, 50],
        ['free', 'paid', 'free'],
      ],
    ]);
    expect(records().map(({ entity_id, inputs, brought }) => [entity_id, inputs, brought])).toEqual([
      ['c-1', { age: 30, plan: 'free' }, ['age', 'plan']],
      ['stored', { age: 40, plan: 'paid' }, []],
      ['c-1', { age: 50, plan: 'free' }, ['age', 'plan']],
    ]);
  });

  it.each([
    ['an object of which no text can be made', '{"toString":1,"valueOf":1}'],
    ['a list', '[["s-1"]]'],
  ])('are refused with %s as the sticky value', async (_, session) => {
    const { batch, one } = world();
    const row = { ...good, session: JSON.parse(session) };
    const wrong = { code: 'FIELD_TYPE_WRONG', details: { field: 'session' } };
    await expect(one(row)).rejects.toMatchObject(wrong);
    expect(await batch([row, good])).toMatchObject([{ error: { code: wrong.code } }, { prediction: 'yes' }]);
    expect(await one({ ...good, session: 7 })).toMatchObject({ prediction: 'yes' });
  });

  it('that the graph cannot answer spoil no others', async () => {
    const { batch } = world({ answers: () => [{ nonsense: 'NaN' }, { prediction: 'no', probability: 0.1 }] });
    expect(await batch([good, good])).toMatchObject([{ error: { code: 'INTERNAL' } }, { prediction: 'no' }]);
  });

  it.each(['QUEUE_FULL', 'DEADLINE_EXCEEDED', 'UNAVAILABLE', 'BODY_TOO_LARGE'] as const)(
    'are refused whole with %s',
    async (code) => {
      const refuse = () => {
        throw new PlatformError(code, 'not now');
      };
      await expect(world({ answers: refuse }).batch([good, good])).rejects.toMatchObject({ code });
      const some = await world({ answers: refuse }).batch([good, 5]);
      expect(some.map((one) => 'error' in one && one.error.code)).toEqual([code, 'INVALID_REQUEST']);
    },
  );

  it('are not begun when the ledger is full', async () => {
    const { batch, one, asked } = world({ isFull: true });
    await expect(batch([good])).rejects.toMatchObject({ code: 'LEDGER_FULL' });
    await expect(one(good)).rejects.toMatchObject({ code: 'LEDGER_FULL' });
    expect(asked).toEqual([]);
  });

  it('are explained when asked, in the ledger whole', async () => {
    const { batch, one, records } = world();
    const told = { values: { plan: 2 }, others: 1, expected: 0.5, explained: 3.5, output: 'yes' };
    expect(await batch([good], { explain: { top: 1 } })).toMatchObject([{ explanation: told }]);
    expect(await one(good, { explain: { top: 1 } })).toMatchObject({ explanation: told });
    expect((await one(good, { explain: {} })).explanation.values).toEqual({ age: 1, plan: 2 });
    for (const { explanation } of records()) expect(explanation?.values).toEqual({ age: 1, plan: 2 });
    expect((await one(good)).explanation).toBeUndefined();
  });

  it('are refused where nothing explains and an explanation is asked for', async () => {
    const { batch, one } = world({ cannotExplain: true });
    await expect(batch([good], { explain: {} })).rejects.toMatchObject({ code: 'EXPLANATION_MISSING' });
    await expect(one(good, { explain: {} })).rejects.toMatchObject({ code: 'EXPLANATION_MISSING' });
    expect(await one(good)).toMatchObject({ prediction: 'yes' });
  });
});
