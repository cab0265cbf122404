/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { LedgerRecord } from '#contracts/ledger.ts';
import { PredictBatchReply, Prediction } from '#contracts/serving.ts';
import { ask, batch, customer, deployment, item, modelFiles, predict, until } from './serving-fakes.ts';
import { withTask } from './serving-world.ts';

const full = { customer_id: 'nobody', ...customer };

describe('POST /predict/{model}', () => {
  it(
    'answers with the stored features and the probability that training saw',
    withTask(async (outside, task) => {
      const { facts } = await modelFiles('v1');
      const [golden] = JSON.parse(facts).goldenRows;
      outside.store(item('golden', { features: golden.inputs }));
      const { status, json } = await predict(task.port, { customer_id: 'golden' });
      expect(status).toBe(200);
      expect(Prediction.parse(json)).toMatchObject({ model_name: 'churn', model_version: '1', variant: 'stable' });
      expect(json.features_used).toEqual(golden.inputs);
      expect(Math.abs(json.probability - golden.scores[1])).toBeLessThan(1e-6);
      expect(json.prediction).toBe(golden.scores[1] >= 0.5 ? 'churns' : 'stays');
    }),
  );

  it(
    'lets a request field win over the stored one',
    withTask(async (_, task) => {
      const stored = (await predict(task.port, { customer_id: 'c-1' })).json;
      const changed = (await predict(task.port, { customer_id: 'c-1', tenure: 71 })).json;
      expect(changed.features_used).toEqual({ ...customer, tenure: 71 });
      expect(changed.probability).toBeLessThan(stored.probability);
    }),
  );

  it(
    'takes only the fields that the project lets a request bring, and names them',
    withTask(async (outside, task) => {
      outside.documents = [deployment({ revision: 2, requestFields: ['tenure'] })];
      const all = { customer_id: 'c-1', tenure: 71, contract: 'monthly' };
      await until(async () => (await predict(task.port, all)).status === 400);
      const { error } = (await predict(task.port, all)).json;
      expect(error).toMatchObject({ code: 'FIELD_UNKNOWN', details: { fields: ['contract'] } });
      expect(error.details.allowed).toEqual(['customer_id', 'tenure']);
      expect((await predict(task.port, { customer_id: 'c-1', tenure: 71 })).json.features_used).toEqual({
        ...customer,
        tenure: 71,
      });
    }),
  );

  it(
    'asks no store when the request brings every field, even while it is away',
    withTask(async (outside, task) => {
      outside.away.features = true;
      const { status, json } = await predict(task.port, full);
      expect(status).toBe(200);
      expect(json.features_used).toEqual(customer);
      expect(outside.lookups).toHaveLength(0);
    }),
  );

  it(
    'takes null as missing, and a number as the same entity as its text',
    withTask(async (outside, task) => {
      outside.store(item('17'));
      const { status, json } = await predict(task.port, { customer_id: 17, tenure: null, contract: null });
      expect(status).toBe(200);
      expect(json.features_used).toEqual({ ...customer, tenure: null, contract: null });
    }),
  );

  it(
    'tells the ledger who asked, what went in and what came out',
    withTask(async (outside, task) => {
      const headers = { 'x-caller-id': 'key-7', 'x-correlation-id': 'trace-1' };
      const { json, headers: replied } = await predict(task.port, { customer_id: 'c-2' }, { headers });
      expect(replied['x-correlation-id']).toBe('trace-1');
      await until(() => outside.packets.length > 0);
      const [record] = outside.ledger();
      expect(LedgerRecord.parse(record)).toMatchObject({
        prediction_id: json.prediction_id,
        caller: 'key-7',
        request_id: 'trace-1',
        entity_id: 'c-2',
        inputs: json.features_used,
        probability: json.probability,
        model_version: '1',
      });
      expect(outside.packets[0]?.endsWith('}\n')).toBe(true);
    }),
  );

  it(
    'makes a request id of its own when the given one could break a log',
    withTask(async (_, task) => {
      const { headers } = await predict(task.port, full, { headers: { 'x-correlation-id': 'a b"c' } });
      expect(headers['x-correlation-id']).toMatch(/^[0-9A-Z]{26}$/);
    }),
  );

  it(
    'joins the rows of one turn: many requests at once need few look-ups',
    withTask(async (outside, task) => {
      for (let n = 0; n < 40; n += 1) outside.store(item(`many-${n}`));
      const names = Array.from({ length: 40 }, (_, n) => `many-${n}`);
      const rows = names.map((customer_id) => ({ customer_id }));
      const { json } = await batch(task.port, { rows });
      expect(json.predictions).toHaveLength(40);
      expect(outside.lookups).toHaveLength(1);
    }),
  );
});

describe('POST /predict/{model}/batch', () => {
  it(
    'answers row by row, and a bad row does not sink the others',
    withTask(async (_, task) => {
      const rows = [{ customer_id: 'c-1' }, { customer_id: 'c-1', tenure: 'x' }, 5, full, { customer_id: 'gone' }];
      const { status, json } = await batch(task.port, { rows });
      expect(status).toBe(200);
      const { predictions } = PredictBatchReply.parse(json);
      const codes = predictions.map((row) => ('error' in row ? row.error.code : 'ok'));
      expect(codes).toEqual(['ok', 'FIELD_TYPE_WRONG', 'INVALID_REQUEST', 'ok', 'ENTITY_NOT_FOUND']);
    }),
  );

  it(
    'gives a row the same answer in a batch of 1,000 as alone',
    withTask(async (_, task) => {
      const rows = Array.from({ length: 1_000 }, (_, n) => ({ ...full, tenure: n % 72, monthly_charges: n / 10 }));
      const { json } = await batch(task.port, { rows });
      const alone = await predict(task.port, rows[637]);
      expect(json.predictions).toHaveLength(1_000);
      expect(Math.abs(json.predictions[637].probability - alone.json.probability)).toBeLessThan(1e-6);
    }),
  );

  it.each([
    ['no rows', { rows: [] }, 'send at least one row'],
    ['1,001 rows', { rows: Array.from({ length: 1_001 }, () => full) }, '1001 rows'],
    ['rows of another type', { rows: 'all' }, 'rows that are "all"'],
    ['a field beside rows', { rows: [full], threshold: 1 }, 'threshold'],
    ['a list instead of an object', [full], 'a bare list; send it as {"rows": [...]}'],
  ])('refuses %s', async (_, body, seen) => {
    await withTask(async (__, task) => {
      const { status, json } = await batch(task.port, body);
      expect(status).toBe(400);
      expect(json.error.code).toBe('INVALID_REQUEST');
      expect(json.error.message).toContain(seen);
    })();
  });

  it(
    'is refused as a whole, to be tried again, when the store is away for every row',
    withTask(async (outside, task) => {
      outside.away.features = true;
      const away = await batch(task.port, { rows: [{ customer_id: 'c-1' }] });
      expect(away.status).toBe(503);
      const some = await batch(task.port, { rows: [{ customer_id: 'c-1' }, full] });
      expect(some.status).toBe(200);
      expect(some.json.predictions[0].error.code).toBe('UNAVAILABLE');
      expect(some.json.predictions[1].model_version).toBe('1');
    }),
  );
});

describe('GET', () => {
  it(
    '/metrics counts by the names that dashboards know',
    withTask(async (_, task) => {
      await predict(task.port, { customer_id: 'c-1' });
      await predict(task.port, { customer_id: 'c-1', tenure: 'x' });
      const { text, headers } = await ask(task.port, '/metrics');
      expect(headers['content-type']).toContain('text/plain; version=0.0.4');
      expect(text).toMatch(/model_predictions_total\{model_name="churn",model_version="1",prediction_class="\w+"\} 1/);
      expect(text).toContain('model_errors_total{model_name="churn",error_type="FIELD_TYPE_WRONG"} 1');
      expect(text).toContain('active_model_version{model_name="churn"} 1');
      expect(text).toContain('api_requests_total{endpoint="/predict/{model}",method="POST",status="400"} 1');
      expect(text).toMatch(/api_latency_seconds_bucket\{endpoint="\/predict\/\{model\}",le="0.01"\} \d/);
      expect(text).toMatch(/model_prediction_latency_seconds_count\{model_name="churn",model_version="1"\} 1/);
      expect(text).toMatch(/feature_retrieval_latency_seconds_count\{feature_store="dynamodb"\} 1/);
    }),
  );

  it(
    '/, /live, /ready and /health tell what runs',
    withTask(async (_, task) => {
      const about = await ask(task.port, '/');
      expect(about.json.models).toEqual([
        { model: 'churn', revision: 1, phase: 'stable', variants: [{ version: 1, weight: 100 }] },
      ]);
      for (const path of ['/live', '/ready', '/health?x=1']) expect((await ask(task.port, path)).status).toBe(200);
    }),
  );
});
