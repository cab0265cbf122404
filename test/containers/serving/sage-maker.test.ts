/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { ask, customer, deployment, modelFiles, predict, until, uriOf } from './serving-fakes.ts';
import { withTask } from './serving-world.ts';

const invoke = (port: number, body: string, headers: Record<string, string> = {}) =>
  ask(port, '/invocations', { method: 'POST', body, headers: { 'x-caller-id': 'tester', ...headers } });

const json = { 'content-type': 'application/json; charset=utf-8' };
const csv = { 'content-type': 'text/csv' };
const other = { tenure: 70, monthly_charges: 20, contract: 'yearly' };
const rows = [customer, other];
const split = JSON.stringify({
  dataframe_split: { columns: Object.keys(customer), data: rows.map((row) => Object.values(row)) },
});

describe('a SageMaker container', () => {
  it(
    'answers /invocations as /predict does, of JSON and CSV, as JSON and CSV',
    withTask(async (made, { port }) => {
      const wanted = await Promise.all(
        rows.map(async (row) => {
          const { prediction, probability } = (await predict(port, { customer_id: 'x', ...row })).json;
          return { prediction, probability };
        }),
      );
      const lines = rows.map((row) => Object.values(row).join(','));
      const bodies: [string, Record<string, string>][] = [
        [split, json],
        [split, {}],
        [JSON.stringify({ instances: rows }), json],
        [`${Object.keys(customer).join(',')}\n${lines.join('\n')}\n`, csv],
        [lines.join('\n'), csv],
      ];
      for (const [body, headers] of bodies) {
        const answered = await invoke(port, body, headers);
        expect([answered.status, answered.json]).toEqual([200, { predictions: wanted }]);
        const asCsv = await invoke(port, body, { ...headers, accept: 'text/csv' });
        expect(asCsv.headers['content-type']).toContain('text/csv');
        expect(asCsv.text).toBe(wanted.map(({ prediction, probability }) => `${prediction},${probability}\n`).join(''));
      }
      await until(() => made.ledger().length === 2 + bodies.length * 4);
      expect(made.ledger().filter(({ entity_id }) => entity_id === '')).toHaveLength(bodies.length * 4);
    }),
  );

  it(
    'is well while it has a model, and asks the model that the header names',
    withTask(async (made, { port }) => {
      expect((await ask(port, '/ping')).status).toBe(200);
      made.models.set(uriOf(7), await modelFiles('v2'));
      made.documents.push(deployment({ model: 'second', variants: [{ version: 7, weight: 100, modelUri: uriOf(7) }] }));
      const second = { 'x-amzn-sagemaker-target-model': 'second.tar.gz' };
      await until(async () => (await invoke(port, split, { ...json, ...second })).status === 200);
      const unnamed = await invoke(port, split, json);
      expect([unnamed.status, unnamed.json.error.code]).toEqual([404, 'MODEL_NOT_SERVED']);
      expect(unnamed.json.error.message).toContain('churn, second');
      expect((await invoke(port, split, { ...json, 'X-Amzn-SageMaker-Target-Model': '/churn' })).status).toBe(200);
      made.documents = [];
      await until(async () => (await ask(port, '/ping')).status === 503);
    }),
  );

  it(
    'refuses what it cannot read with 4xx and says why',
    withTask(async (_, { port }) => {
      const table: [string, Record<string, string>, number, string][] = [
        [split, { 'content-type': 'application/x-npy' }, 415, 'application/x-npy'],
        [split, { ...json, accept: 'image/png' }, 415, 'image/png'],
        ['oops', json, 400, 'no JSON'],
        ['{}', json, 400, 'dataframe_split'],
        ['1,2', csv, 400, '3 are expected'],
        [JSON.stringify({ instances: [{ ...customer, tenure: 'three' }] }), json, 400, 'tenure must be'],
        [JSON.stringify({ instances: [customer, { ...customer, tenur: 1 }] }), json, 400, 'row 1'],
        [JSON.stringify({ instances: [customer, { tenure: 1 }] }), json, 400, 'row 1'],
        ['NaN,1,monthly', csv, 400, 'tenure must be'],
      ];
      for (const [body, headers, status, seen] of table) {
        const answered = await invoke(port, body, headers);
        expect([body, answered.status]).toEqual([body, status]);
        expect(answered.json.error.message).toContain(seen);
      }
      const nobody = await ask(port, '/invocations', { method: 'POST', body: split });
      expect([nobody.status, nobody.json.error.code]).toEqual([401, 'UNAUTHENTICATED']);
    }),
  );
});
