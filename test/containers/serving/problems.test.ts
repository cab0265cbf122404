/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { LedgerRecord } from '#contracts/ledger.ts';
import { Prediction } from '#contracts/serving.ts';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import {
  ask,
  batch,
  type FixtureModel,
  item,
  modelFiles,
  type Outside,
  predict,
  until,
  uriOf,
} from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const withModel = (model: FixtureModel, work: (made: Outside, task: ServingTask) => Promise<void>) =>
  withWorld(async ({ made, start }) => {
    made.models.set(uriOf(1), await modelFiles(model));
    await work(made, await start());
  });

const firstRecord = async (made: Outside): Promise<LedgerRecord> => {
  await until(() => made.packets.length > 0);
  return LedgerRecord.parse(made.ledger()[0]);
};

describe('a model of several classes', () => {
  it(
    'answers the likeliest one, and the probability of each',
    withModel('plans', async (made, task) => {
      const { goldenRows, classes } = JSON.parse((await modelFiles('plans')).facts);
      for (const { inputs, scores } of goldenRows) {
        const { json } = await predict(task.port, { customer_id: 'c-1', ...inputs });
        const { prediction, probability, probabilities } = Prediction.parse(json);
        expect(Object.keys(probabilities ?? {})).toEqual(classes);
        for (const [index, name] of classes.entries()) expect(probabilities?.[name]).toBeCloseTo(scores[index], 6);
        expect(prediction).toBe(classes[scores.indexOf(Math.max(...scores))]);
        expect(probability).toBe(probabilities?.[prediction]);
      }
      const record = await firstRecord(made);
      expect(classes).toContain(record.prediction);
      expect(record.probability).toBeGreaterThan(1 / 3);
    }),
  );
});

describe('a model of a number', () => {
  it(
    'answers it without a probability, and makes no series of every number',
    withModel('bill', async (made, task) => {
      const { goldenRows } = JSON.parse((await modelFiles('bill')).facts);
      const rows = goldenRows.map(({ inputs }: { inputs: object }) => ({ customer_id: 'c-1', ...inputs }));
      const { json } = await batch(task.port, { rows });
      for (const [index, { scores }] of goldenRows.entries()) {
        expect(Prediction.parse(json.predictions[index]).prediction).toBeCloseTo(scores[0], 1);
        expect(json.predictions[index]).not.toHaveProperty('probability');
      }
      const record = await firstRecord(made);
      expect(record).toMatchObject({ prediction: json.predictions[0].prediction });
      expect(record).not.toHaveProperty('probability');
      const { text } = await ask(task.port, '/metrics');
      expect(text.match(/model_predictions_total\{.*/g)).toEqual([
        `model_predictions_total{model_name="churn",model_version="1",prediction_class="number"} ${rows.length}`,
      ]);
    }),
  );
});

describe('a model that computes features of what a request brings', () => {
  const stored = { home: 'DE', mean: 20, last_at: 1_767_225_600 };
  const asked = { customer_id: 'p-1', amount: 30, asked_at: '2026-01-01T00:00:01Z', country: 'DE' };
  const used = {
    ...{ amount: 30, asked_at: 1_767_225_601, country: 'DE', ...stored },
    ...{ ratio: 1.5, wait: 1, foreign: false, band: 'small' },
  };

  it(
    'tells them with what they were computed from, to the caller and to the ledger',
    withModel('payment', async (made, task) => {
      made.store(item('p-1', { features: stored }));
      const { json, status } = await predict(task.port, asked);
      expect(status).toBe(200);
      expect(json.features_used).toEqual(used);
      expect(json).toMatchObject({ prediction: 'fine', probability: expect.closeTo(0.182575, 5) });
      expect((await firstRecord(made)).inputs).toEqual(used);
      const abroad = await predict(task.port, { ...asked, amount: 300, country: 'FR', asked_at: 1_767_226_500 });
      expect(abroad.json).toMatchObject({ prediction: 'fraud', features_used: { foreign: true, band: 'large' } });
    }),
  );

  it(
    'takes null as not known: what is computed from it is not known either',
    withModel('payment', async (made, task) => {
      made.store(item('p-1', { features: stored }));
      const { json } = await predict(task.port, { ...asked, amount: null });
      // This hand-made graph lets the missing ratio through to its probability.
      expect(json.error.code).toBe('INTERNAL');
      const { text } = await ask(task.port, '/metrics');
      expect(text).toContain('model_errors_total{model_name="churn",error_type="INTERNAL"} 1');
    }),
  );

  it(
    'looks nothing up when a request brings what is stored too',
    withModel('payment', async (made, task) => {
      const { json } = await predict(task.port, { ...asked, ...stored });
      expect(json.features_used).toEqual(used);
      expect(made.lookups).toHaveLength(0);
    }),
  );

  it.each([
    ['a field that is not there', { amount: undefined }, 'FIELD_MISSING', 'the request lacks amount'],
    ['a number out of range', { amount: -1 }, 'FIELD_OUT_OF_RANGE', 'amount must be at least 0, got -1'],
    ['a text outside its values', { country: 'XX' }, 'FIELD_OUT_OF_RANGE', 'one of "DE", "FR", got "XX"'],
    ['another type', { amount: 'much' }, 'FIELD_TYPE_WRONG', 'amount must be a finite number'],
    ['a truth value for a number', { amount: true }, 'FIELD_TYPE_WRONG', 'amount must be a finite number'],
    ['a time without its zone', { asked_at: '2026-01-01T00:00:01' }, 'FIELD_TYPE_WRONG', 'asked_at must be a time'],
    ['null for what is required', { asked_at: null }, 'FIELD_MISSING', 'asked_at must be'],
    ['a computed feature', { ratio: 1.5 }, 'FIELD_UNKNOWN', 'ratio'],
  ])('refuses %s without a look-up', async (_, change, code, message) => {
    await withModel('payment', async (made, task) => {
      const { json, status } = await predict(task.port, { ...asked, ...change });
      expect(status).toBe(400);
      expect(json.error.code).toBe(code);
      expect(json.error.message).toContain(message);
      expect(made.lookups).toHaveLength(0);
    })();
  });

  it.each(['NaN', 'Infinity', '-Infinity', '1e999'])(
    'refuses %s by the name of its field, of whomever',
    async (amount) => {
      await withModel('payment', async (made, task) => {
        const body = JSON.stringify({ ...asked, amount: 7 }).replace('7', amount);
        const { json, status } = await predict(task.port, body);
        expect([status, json.error.code, json.error.details.field]).toEqual([400, 'FIELD_TYPE_WRONG', 'amount']);
        expect(made.lookups).toHaveLength(0);
      })();
    },
  );

  it(
    'refuses its row of a batch and answers the others',
    withModel('payment', async (made, task) => {
      made.store(item('p-1', { features: stored }));
      const rows = [asked, { ...asked, amount: -1 }, { ...asked, amount: 300 }];
      const { predictions } = (await batch(task.port, { rows })).json;
      expect(predictions[0].features_used).toEqual(used);
      expect(predictions[1].error.code).toBe('FIELD_OUT_OF_RANGE');
      expect(predictions[2].features_used).toMatchObject({ ratio: 15, band: 'large' });
    }),
  );

  it(
    'knows nobody whose features are not stored',
    withModel('payment', async (_, task) => {
      const { json } = await predict(task.port, asked);
      expect(json.error).toMatchObject({ code: 'ENTITY_NOT_FOUND', details: { missing: ['home', 'mean', 'last_at'] } });
    }),
  );
});
