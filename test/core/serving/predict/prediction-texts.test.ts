import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemDigest } from '#adapters/system/system.ts';
import { LedgerRecord } from '#contracts/ledger.ts';
import { Prediction } from '#contracts/serving.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { readMark } from '#core/serving/ledger/explain-mark.ts';
import { redact } from '#core/serving/ledger/redaction.ts';
import { predictionTexts, type ToldRecord } from '#core/serving/predict/prediction-texts.ts';

const facts = ServingFacts.parse({
  format: 2,
  project: 'shop',
  runId: 'r',
  problem: 'multiclass-classification',
  inputs: [
    { name: 'age', type: 'number' },
    { name: 'email', type: 'string' },
  ],
  scoresOutput: 'p',
  entityKey: 'customer_id',
  classes: ['a', 'b'],
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: [],
});
const names = { model_name: 'shop"\\', model_version: '7', variant: 'canary' } as const;
const explains = { method: 'linear', of: 'margin', columns: ['age', 'email'], outputs: ['a', 'b'] } as const;

const textsOf = (change: { explanations?: 'always' | 'asked'; hidden?: string[]; isExplained?: boolean } = {}) => {
  const { explanations, hidden, isExplained = true } = change;
  const redaction = hidden && { omit: hidden, hash: ['customer_id'], key: 'k'.repeat(32) };
  return predictionTexts({
    names,
    model: { facts, modelUri: 's3://m/"1"/', ...(isExplained && { explains }) },
    deployment: { explanations, redaction },
    redactor: redact(redaction, systemDigest, facts.entityKey),
  });
};

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const answer = fc.oneof(
  fc.record({ prediction: fc.string(), probability: share }),
  fc.record({ prediction: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  fc.record({ prediction: fc.string(), probability: share, probabilities: fc.dictionary(fc.string(), share) }),
);
const explanation = fc.record({
  method: fc.constant('linear' as const),
  of: fc.constant('margin' as const),
  output: fc.string(),
  expected: share,
  explained: share,
  values: fc.dictionary(fc.string(), share),
});
const record = (given: Partial<ToldRecord>): ToldRecord => ({
  time: '2026-01-01T00:00:00.000Z',
  caller: 'ann',
  requestId: 'r-1',
  entityId: 'c-1',
  row: [31, 'a@b.c'],
  brought: ['age', 'email'],
  latencyMs: 1.23456,
  ...given,
});
const id = '01KBV3S8Z7Q2N4M6P8R0T2V4W6';
const asJson = (of: unknown): unknown => JSON.parse(JSON.stringify(of));

describe('texts of a prediction', () => {
  it('are the JSON of what the contract says', () => {
    fc.assert(
      fc.property(
        answer,
        fc.dictionary(fc.string(), value),
        fc.option(explanation, { nil: undefined }),
        fc.record({ caller: fc.string(), requestId: fc.string(), entityId: fc.string() }),
        (told, used, explained, who) => {
          const texts = textsOf({ isExplained: false });
          const features = texts.features(used);
          const reply = texts.reply({ id, answer: texts.answer(told), used: () => used }, features, explained);
          const prediction = { prediction_id: id, ...names, ...told, features_used: used, explanation: explained };
          expect(JSON.parse(reply)).toEqual(asJson(prediction));
          const line = texts.line(
            { id, answer: texts.answer(told), used: () => used },
            features,
            record({ ...who, explanation: explained }),
          );
          expect(line).not.toContain('\n');
          expect(JSON.parse(line)).toEqual(
            asJson({
              prediction_id: id,
              time: '2026-01-01T00:00:00.000Z',
              caller: who.caller,
              request_id: who.requestId,
              ...names,
              entity_id: who.entityId,
              inputs: used,
              brought: ['age', 'email'],
              ...told,
              latency_ms: 1.235,
              explanation: explained,
            }),
          );
        },
      ),
    );
  });

  const used = { age: 31, email: 'a@b.c' };
  const sure = { prediction: 'a', probability: 0.5, probabilities: { a: 0.5, b: 0.5 } };
  const answered = { id, answer: textsOf().answer(sure), used: () => used };
  const lineOf = (texts: ReturnType<typeof textsOf>, given: Partial<ToldRecord> = {}) =>
    texts.line(answered, texts.features(used), record(given));

  it('fit the contracts', () => {
    const texts = textsOf();
    expect(Prediction.parse(JSON.parse(texts.reply(answered, texts.features(used), undefined)))).toBeDefined();
    expect(LedgerRecord.parse(JSON.parse(lineOf(texts)))).toBeDefined();
  });

  it('end with the mark of the model where the ledger is to explain them', () => {
    const mark = readMark(lineOf(textsOf()));
    expect(mark?.modelUri).toBe('s3://m/"1"/');
    expect(mark?.row).toBeUndefined();
    expect(JSON.parse(`${mark?.begin}}`)).toMatchObject({ prediction_id: id, inputs: used });
  });

  it('have no mark where nothing explains, where only those who ask are told, and where the explanation is there', () => {
    const there = {
      method: 'linear',
      of: 'margin',
      output: 'a',
      expected: 0,
      explained: 1,
      values: { age: 1 },
    } as const;
    for (const line of [
      lineOf(textsOf({ isExplained: false })),
      lineOf(textsOf({ explanations: 'asked' })),
      lineOf(textsOf(), { explanation: there }),
    ])
      expect(readMark(line)).toBeUndefined();
    expect(JSON.parse(lineOf(textsOf(), { explanation: there })).explanation).toEqual(there);
  });

  it('hide what the project hides, and give the ledger the row that it cannot tell any more', () => {
    const texts = textsOf({ hidden: ['email'] });
    const line = lineOf(texts);
    const mark = readMark(line);
    const kept = JSON.parse(`${mark?.begin}}`);
    expect([kept.inputs, kept.brought]).toEqual([{ age: 31 }, ['age']]);
    expect(kept.entity_id).toMatch(/^[0-9a-f]{32}$/);
    expect(mark?.row).toEqual([31, 'a@b.c']);
    expect(JSON.parse(texts.reply(answered, texts.features(used), undefined)).features_used).toEqual(used);
  });
});
