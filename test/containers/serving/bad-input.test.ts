/** @jest-environment #test/helpers/onnx-environment.ts */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErrorBody } from '#contracts/errors.ts';
import { servingMetrics } from '#contracts/serving.ts';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import { ask, customer, item, type Outside, predict, until } from './serving-fakes.ts';
import { openWorld } from './serving-world.ts';

let made: Outside;
let task: ServingTask;
let close: () => Promise<void>;
beforeAll(async () => {
  const world = await openWorld();
  ({ made, close } = world);
  made.store(
    item('expired', { expiresAt: 1_700_000_000 }),
    item('old', { features: { tenure: 1, contract: 'monthly' } }),
    item('nonsense', { features: { ...customer, tenure: 'three' } }),
  );
  task = await world.start();
});
afterAll(() => close());

const full = { customer_id: 'c-9', ...customer };
const raw = (tenure: string): string => `{"customer_id":"c-1","tenure":${tenure}}`;

describe('a prediction that cannot be made', () => {
  it.each<[string, unknown, number, string, string]>([
    ['without its join key', { tenure: 1 }, 400, 'FIELD_MISSING', 'customer_id'],
    ['with an empty join key', { customer_id: '' }, 400, 'FIELD_MISSING', 'customer_id'],
    ['with a join key that is no text', { customer_id: true }, 400, 'FIELD_TYPE_WRONG', 'customer_id'],
    [
      'with a join key of which no text can be made',
      '{"customer_id":{"toString":1,"valueOf":1}}',
      400,
      'FIELD_TYPE_WRONG',
      'an object',
    ],
    [
      'with a very deep join key',
      `{"customer_id":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      400,
      'FIELD_TYPE_WRONG',
      'a list',
    ],
    ['with a join key of 600 characters', { customer_id: 'x'.repeat(600) }, 400, 'FIELD_TYPE_WRONG', '512'],
    ['for an unknown entity', { customer_id: 'nobody' }, 404, 'ENTITY_NOT_FOUND', 'tenure, monthly_charges, contract'],
    [
      'for an unknown entity with some fields',
      { customer_id: 'nobody', tenure: 1 },
      404,
      'ENTITY_NOT_FOUND',
      'contract',
    ],
    ['for an entity whose item expired', { customer_id: 'expired' }, 404, 'ENTITY_NOT_FOUND', 'expired'],
    ['for an item that lacks a feature', { customer_id: 'old' }, 400, 'FIELD_MISSING', 'monthly_charges'],
    ['with a text for a number', { ...full, tenure: '12' }, 400, 'FIELD_TYPE_WRONG', 'tenure must be a finite number'],
    ['with a number for a text', { ...full, contract: 3 }, 400, 'FIELD_TYPE_WRONG', 'contract must be a text'],
    ['with a list for a number', { ...full, tenure: [1] }, 400, 'FIELD_TYPE_WRONG', 'a list'],
    ['with a number beyond float32', { ...full, tenure: 1e300 }, 400, 'FIELD_TYPE_WRONG', '1e+300'],
    ['with a very long text', { ...full, contract: 'x'.repeat(9_000) }, 400, 'FIELD_TYPE_WRONG', '8192'],
    [
      'with an unknown field',
      { ...full, tenur: 3 },
      400,
      'FIELD_UNKNOWN',
      'contract, customer_id, monthly_charges, tenure',
    ],
    ['with NaN', raw('NaN'), 400, 'FIELD_TYPE_WRONG', 'got NaN'],
    ['with Infinity', raw('Infinity'), 400, 'FIELD_TYPE_WRONG', 'got Infinity'],
    ['with -Infinity', raw('-Infinity'), 400, 'FIELD_TYPE_WRONG', 'got -Infinity'],
    ['with a number too large for JSON readers', raw('1e999'), 400, 'FIELD_TYPE_WRONG', 'got Infinity'],
    ['of malformed JSON', '{"customer_id":', 400, 'INVALID_REQUEST', 'no JSON'],
    ['of malformed JSON that holds a NaN', '{"customer_id": NaN', 400, 'INVALID_REQUEST', 'no JSON'],
    ['of nothing', '', 400, 'INVALID_REQUEST', 'no JSON'],
    ['of a list', [full], 400, 'INVALID_REQUEST', 'a list'],
    ['of null', 'null', 400, 'INVALID_REQUEST', 'null'],
    [
      'of very deep JSON',
      `{"customer_id":"c-1","tenure":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      400,
      'FIELD_TYPE_WRONG',
      'tenure',
    ],
    ['whose stored feature is nonsense', { customer_id: 'nonsense' }, 500, 'TYPE_MISMATCH', 'tenure'],
  ])('%s', async (...row) => {
    const [, body, status, code, seen] = row;
    const answered = await predict(task.port, body);
    const { error } = ErrorBody.parse(answered.json);
    expect({ status: answered.status, code: error.code }).toEqual({ status, code });
    expect(error.message).toContain(seen);
    expect(error.requestId).toBe(answered.headers['x-correlation-id']);
  });

  it.each([
    ['explian=true', 'Unrecognized key: "explian"'],
    ['top=3', 'top: is the number of columns'],
    ['explain=false&top=3', 'top: is the number of columns'],
    ['explain=yes', 'explain: '],
    ['explain=true&top=0', 'top: '],
  ])('with the query %s', async (query, seen) => {
    for (const path of ['/predict', '/predict/churn', '/predict/churn/batch']) {
      const { status, json } = await predict(task.port, full, { path: `${path}?${query}` });
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(json.error.message).toContain(seen);
      expect(json.error.message).toContain('?explain=true&top=5');
    }
  });

  it('a model is not asked by the join key of another', async () => {
    for (const body of [[full], '{"id":'])
      expect((await predict(task.port, body)).json.error.message).not.toContain('customer_id');
  });

  it('a NaN inside a text stays a text', async () => {
    const body = '{"customer_id":"NaN, \\"Infinity\\"","tenure":NaN}';
    expect((await predict(task.port, body)).json.error.details.field).toBe('tenure');
  });

  it('a text of a million escaped quotes that never ends holds up nobody', async () => {
    const { status, json } = await predict(task.port, `{"customer_id":"${'\\"'.repeat(500_000)}`);
    expect({ status, code: json.error.code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
  });

  it('names like those of every object are unknown fields', async () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const { json } = await predict(task.port, `{"customer_id":"c-1","${name}":1}`);
      expect(json.error).toMatchObject({ code: 'FIELD_UNKNOWN', details: { fields: [name] } });
    }
  });

  it('an unknown model names those that are served', async () => {
    const { status, json } = await predict(task.port, full, { path: '/predict/fraud' });
    expect(status).toBe(404);
    expect(json.error).toMatchObject({ code: 'MODEL_NOT_SERVED', details: { served: ['churn'] } });
  });

  it.each(['/predict/churn', '/predict/churn/batch'])('a caller whom the gateway does not know at %s', async (path) => {
    for (const headers of [{}, { 'x-caller-id': '' }]) {
      const { status, json } = await ask(task.port, path, { method: 'POST', body: JSON.stringify(full), headers });
      expect([status, ErrorBody.parse(json).error.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  it.each(['/serving/models', '/serving/models/churn', '/serving/openapi.json', '/v2', '/v2/models/churn'])(
    '%s is not told to somebody with a key that nobody knows',
    async (path) => {
      const { status, text } = await ask(task.port, path, { headers: { 'x-caller-id': 'nobody' } });
      expect([status, text]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
      expect((await ask(task.port, path)).status).toBe(200);
    },
  );

  it('a body above 1 MB is refused, and a whole one of just 1 MB is read', async () => {
    const over = await predict(task.port, ' '.repeat(1_048_577));
    expect([over.status, over.json.error.code]).toEqual([413, 'BODY_TOO_LARGE']);
    const far = await predict(task.port, ' '.repeat(5_000_000));
    expect(far.status).toBe(413);
    const body = JSON.stringify(full);
    expect((await predict(task.port, body + ' '.repeat(1_048_576 - body.length))).status).toBe(200);
  });

  it('bytes that are not UTF-8 are refused', async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    const { status, json } = await ask(task.port, '/predict/churn', {
      method: 'POST',
      body,
      headers: { 'x-caller-id': 'tester' },
    });
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it.each([
    ['GET', '/predict/churn'],
    ['PATCH', '/predict'],
    ['POST', '/predict/'],
    ['POST', '/predict//batch'],
    ['POST', '/predict/churn/more'],
    ['DELETE', '/'],
    ['GET', '/constructor'],
  ])('%s %s is no route', async (method, path) => {
    const { status, json } = await ask(task.port, path, { method });
    expect([status, json.error.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('a store that is away asks the caller to come back', async () => {
    made.away.features = true;
    const { status, json, headers } = await predict(task.port, { customer_id: 'never-read' });
    made.away.features = false;
    expect([status, json.error.code, headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '1']);
  });

  it('a caller who hangs up in the middle of a body harms nobody', async () => {
    const socket = connect(task.port, '127.0.0.1');
    socket.write('POST /predict/churn HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nx-caller-id: tester\r\n\r\n{"a":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await until(() => made.lines.some((line) => line.includes('"status":499')));
    expect((await predict(task.port, full)).status).toBe(200);
  });

  it('only the faults of the platform count against the version', async () => {
    // Above: one nonsense item and one store away; all other refusals were the callers' own.
    await until(() => made.metric(servingMetrics.errors, '1') === 2);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(made.metric(servingMetrics.errors, '1')).toBe(2);
    // Those two, and the two that were answered.
    expect(made.metric(servingMetrics.requests, '1')).toBe(4);
    expect(made.points.every(({ values, counts }) => values.length === counts.length)).toBe(true);
  });

  it('nothing refused reached the ledger', async () => {
    const good = (await predict(task.port, full)).json.prediction_id;
    await until(() => made.ledger().some((record) => record.prediction_id === good));
    expect(new Set(made.ledger().map(({ entity_id }) => entity_id))).toEqual(new Set(['c-9']));
  });
});
