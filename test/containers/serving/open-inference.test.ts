/** @jest-environment #test/helpers/onnx-environment.ts */
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { binaryRequest, infer, inferRaw, inputs, tensor, texts } from './open-inference-calls.ts';
import { ask, deployment, type FixtureModel, modelFiles, predict, until, uriOf } from './serving-fakes.ts';
import { withTask } from './serving-world.ts';

/** A truth value is a number in a tensor. */
const asTensor = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

const asked = async (port: number, fields: object) => (await predict(port, { customer_id: 'x', ...fields })).json;

describe('the Open Inference Protocol', () => {
  it(
    'tells the server, its models and their tensors',
    withTask(async (_, { port }) => {
      const server = await ask(port, '/v2');
      expect(server.json).toMatchObject({
        name: expect.any(String),
        extensions: expect.arrayContaining(['binary_tensor_data']),
      });
      for (const path of [
        '/v2/health/live',
        '/v2/health/ready',
        '/v2/models/churn/ready',
        '/v2/models/churn/versions/1/ready',
      ])
        expect([path, (await ask(port, path)).status]).toEqual([path, 200]);
      const model = await ask(port, '/v2/models/churn');
      expect(model.json).toMatchObject({ name: 'churn', versions: ['1'], platform: 'onnxruntime_onnx' });
      expect(model.json.inputs).toEqual([
        { name: 'tenure', datatype: 'FP32', shape: [-1, 1] },
        { name: 'monthly_charges', datatype: 'FP32', shape: [-1, 1] },
        { name: 'contract', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'customer_id', datatype: 'BYTES', shape: [-1, 1], parameters: { optional: true } },
      ]);
      expect(model.json.outputs).toContainEqual({ name: 'label', datatype: 'BYTES', shape: [-1] });
      expect((await ask(port, '/v2/models/churn/versions/1')).json).toEqual(model.json);
      const index = await ask(port, '/v2/repository/index', { method: 'POST', body: '{"ready": true}' });
      expect(index.json).toEqual([{ name: 'churn', version: '1', state: 'READY', reason: '' }]);
      expect((await ask(port, '/v2/repository/index')).json).toEqual(index.json);
    }),
  );

  it(
    'says of what it does not have what clients of the protocol read, and what there is',
    withTask(async (_, { port }) => {
      for (const [method, path] of [
        ['GET', '/v2/models/churn/config'],
        ['GET', '/v2/models/churn/infer'],
        ['POST', '/v2/repository/models/churn/load'],
        ['POST', '/v2'],
        ['DELETE', '/v2/nothing'],
      ] as const) {
        const { status, json } = await ask(port, path, { method });
        expect([path, status]).toEqual([path, 404]);
        expect(json.error).toMatch(`ROUTE_NOT_FOUND: ${method} ${path} `);
        expect(json.error).toContain('POST /v2/models/MODEL[/versions/N]/infer');
        expect(json.error).toContain('GET or POST /v2/repository/index');
      }
      expect((await ask(port, '/v21')).json.error.code).toBe('ROUTE_NOT_FOUND');
    }),
  );

  it(
    'answers what /predict answers, row by row, and tells the ledger of each',
    withTask(async (made, { port }) => {
      const { status, json } = await infer(port, { id: 'my-request', inputs });
      expect(status).toBe(200);
      expect(json).toMatchObject({ model_name: 'churn', model_version: '1', id: 'my-request' });
      const [scores, label, id] = json.outputs;
      const one = await asked(port, { tenure: 3, monthly_charges: 88.5, contract: 'monthly' });
      const two = await asked(port, { tenure: 70, monthly_charges: 20, contract: 'yearly' });
      expect(scores).toMatchObject({ datatype: 'FP32', shape: [2, 2] });
      expect([scores.data[1], scores.data[3]]).toEqual([one.probability, two.probability]);
      expect(scores.data[0] + scores.data[1]).toBeCloseTo(1, 6);
      expect(label).toEqual({ name: 'label', datatype: 'BYTES', shape: [2], data: [one.prediction, two.prediction] });
      await until(() => made.ledger().length === 4);
      const lines = made.ledger().filter(({ request_id }) => request_id === 'my-request');
      expect(lines.map(({ prediction_id }) => prediction_id)).toEqual(id.data);
      expect(lines[0]).toMatchObject({ entity_id: '', caller: 'tester', inputs: { tenure: 3, contract: 'monthly' } });
    }),
  );

  it(
    'takes bytes and gives bytes, without a content type, packed or not',
    withTask(async (_, { port }) => {
      const plain = (await infer(port, { inputs })).json.outputs;
      for (const pack of [undefined, gzipSync, deflateSync]) {
        const { body, headers } = binaryRequest({ parameters: { binary_data_output: true } });
        const encoding = pack && { 'content-encoding': pack === gzipSync ? 'gzip' : 'deflate' };
        const reply = await inferRaw(port, pack ? pack(body) : body, { ...headers, ...encoding });
        expect(reply.status).toBe(200);
        const length = Number(reply.headers['inference-header-content-length']);
        const { outputs } = JSON.parse(reply.body.subarray(0, length).toString());
        expect(outputs.map(({ name }: { name: string }) => name)).toEqual(
          plain.map(({ name }: { name: string }) => name),
        );
        const size = outputs[0].parameters.binary_data_size;
        const scores = Array.from({ length: size / 4 }, (__, at) => reply.body.readFloatLE(length + at * 4));
        expect(scores).toEqual(plain[0].data);
        const labels = reply.body.subarray(length + size, length + size + outputs[1].parameters.binary_data_size);
        expect(labels).toEqual(texts(...plain[1].data));
      }
    }),
  );

  it(
    'gives the outputs that are asked for, each as it is asked for',
    withTask(async (_, { port }) => {
      const { body, headers } = binaryRequest({
        outputs: [{ name: 'label' }, { name: 'probabilities', parameters: { binary_data: true } }],
      });
      const reply = await inferRaw(port, body, headers);
      const length = Number(reply.headers['inference-header-content-length']);
      const { outputs } = JSON.parse(reply.body.subarray(0, length).toString());
      expect(outputs[0]).toMatchObject({ name: 'label', data: [expect.any(String), expect.any(String)] });
      expect(outputs[1]).toMatchObject({ name: 'probabilities', parameters: { binary_data_size: 16 } });
      expect(reply.body.length).toBe(length + 16);
      const unknown = await infer(port, { inputs, outputs: [{ name: 'nothing' }] });
      expect(unknown.json.error).toContain('"nothing" is no output; ask for "probabilities"');
    }),
  );

  it(
    'packs a long answer for those who take gzip',
    withTask(async (_, { port }) => {
      const many = inputs.map(({ name, datatype, data }) => tensor(name, datatype, Array(60).fill(data[0])));
      const body = Buffer.from(JSON.stringify({ inputs: many }));
      const reply = await inferRaw(port, body, { 'accept-encoding': 'gzip' });
      expect(reply.headers['content-encoding']).toBe('gzip');
      expect(JSON.parse(gunzipSync(reply.body).toString()).outputs[0].shape).toEqual([60, 2]);
      const short = await inferRaw(port, Buffer.from(JSON.stringify({ inputs, outputs: [{ name: 'label' }] })), {
        'accept-encoding': 'gzip',
      });
      expect(short.headers['content-encoding']).toBeUndefined();
    }),
  );

  it(
    'looks up what is missing where the join key comes too, and says so where it does not',
    withTask(async (made, { port }) => {
      const key = { name: 'customer_id', datatype: 'BYTES', shape: [2], data: ['c-1', 'c-2'] };
      const { status, json } = await infer(port, { inputs: [key] });
      expect(status).toBe(200);
      const one = (await predict(port, { customer_id: 'c-1' })).json;
      expect(json.outputs[1].data[0]).toBe(one.prediction);
      await until(() => made.ledger().length === 3);
      expect(
        made
          .ledger()
          .map(({ entity_id }) => entity_id)
          .sort(),
      ).toEqual(['c-1', 'c-1', 'c-2']);
      const without = await infer(port, { inputs: inputs.slice(0, 2) });
      expect(without.status).toBe(400);
      expect(without.json.error).toMatch(/^FIELD_MISSING: row 0: .*contract.*send customer_id/);
      const nobody = await infer(port, { inputs: [{ ...key, data: ['c-1', 'nobody'] }] });
      expect([nobody.status, nobody.json.error]).toEqual([404, expect.stringMatching(/^ENTITY_NOT_FOUND: row 1/)]);
    }),
  );

  it(
    'answers by the version that the path names',
    withTask(async (made, { port }) => {
      const variants = [
        { version: 1, weight: 90, modelUri: uriOf(1) },
        { version: 2, weight: 10, modelUri: uriOf(2) },
      ];
      made.models.set(uriOf(2), await modelFiles('v2'));
      made.documents = [deployment({ revision: 2, phase: 'canary', variants })];
      const path = '/v2/models/churn/versions/2/infer';
      await until(async () => (await infer(port, { inputs }, { path })).status === 200);
      expect((await infer(port, { inputs }, { path })).json.model_version).toBe('2');
      expect((await infer(port, { inputs }, { path: path.replace('2/infer', '1/infer') })).json.model_version).toBe(
        '1',
      );
      const third = await infer(port, { inputs }, { path: path.replace('2/infer', '3/infer') });
      expect([third.status, third.json.error]).toEqual([404, expect.stringContaining('served are: 1, 2')]);
      // The same id stays with its version, and among many both are met.
      const met = new Set<string>();
      for (let id = 0; id < 60; id += 1) met.add((await infer(port, { id: `r-${id}`, inputs })).json.model_version);
      expect([...met].sort()).toEqual(['1', '2']);
    }),
  );

  it(
    'refuses with a text under "error", which names the tensor',
    withTask(async (_, { port }) => {
      const wrong = (change: object) => infer(port, { inputs: [{ ...inputs[0], ...change }, ...inputs.slice(1)] });
      const table: [object, number, string][] = [
        [{ shape: [2, 2] }, 400, 'TENSOR_INVALID: tensor "tenure"'],
        [
          { datatype: 'BYTES', data: ['a', 'b'] },
          400,
          'TENSOR_INVALID: tensor "tenure" comes as BYTES; it takes numbers',
        ],
        [{ name: 'tenur' }, 400, 'TENSOR_INVALID: tensor "tenur" is unknown; this model takes'],
        [{ name: '__proto__' }, 400, 'TENSOR_INVALID: tensor "__proto__" is unknown'],
        [{ data: [1, null] }, 200, ''],
      ];
      for (const [change, status, text] of table) {
        const reply = await wrong(change);
        expect([reply.status, reply.json.error ?? '']).toEqual([status, expect.stringContaining(text)]);
      }
      const nan = await infer(port, Buffer.from(JSON.stringify({ inputs }).replace('70', 'NaN')));
      expect([nan.status, nan.json.error]).toEqual([
        400,
        expect.stringContaining('tensor "tenure" takes finite numbers'),
      ]);
      const other = await infer(port, { inputs }, { path: '/v2/models/fraud/infer' });
      expect([other.status, other.json.error]).toEqual([404, expect.stringMatching(/^MODEL_NOT_SERVED/)]);
      expect((await ask(port, '/v2/models/fraud')).status).toBe(404);
      const anonymous = await ask(port, '/v2/models/churn/infer', { method: 'POST', body: JSON.stringify({ inputs }) });
      expect([anonymous.status, typeof anonymous.json.error]).toEqual([401, 'string']);
      for (const path of ['/v2/models', '/v2/models/churn/versions/one/infer', '/v2/models/%2e%2e/infer', '/v2x'])
        expect([path, (await infer(port, { inputs }, { path })).status]).toEqual([path, 404]);
    }),
  );

  it.each<FixtureModel>(['plans', 'bill', 'payment'])('says of the model %s what /predict says', (model) =>
    withTask(async (made, { port }) => {
      made.models.set(uriOf(9), await modelFiles(model));
      made.documents = [deployment({ model, variants: [{ version: 9, weight: 100, modelUri: uriOf(9) }] })];
      await until(async () => (await ask(port, `/v2/models/${model}/ready`)).status === 200);
      const { example } = (await ask(port, `/serving/models/${model}`)).json;
      const told = (await predict(port, example, { path: `/predict/${model}` })).json;
      const sent = Object.entries(example).map(([name, value]) =>
        tensor(name, typeof value === 'string' ? 'BYTES' : 'FP64', [value]),
      );
      const { status, json } = await infer(port, { inputs: sent }, { path: `/v2/models/${model}/infer` });
      expect(status).toBe(200);
      const outputs = Object.fromEntries(
        json.outputs.map((output: { name: string; data: unknown[] }) => [output.name, output.data]),
      );
      expect((outputs.label ?? outputs.prediction)[0]).toBe(told.prediction);
      const { classes, scoresOutput, computed = [] } = JSON.parse((await modelFiles(model)).facts);
      if (told.probabilities)
        expect(outputs[scoresOutput]).toEqual(classes.map((name: string) => told.probabilities[name]));
      for (const { name, output } of computed) {
        const value = told.features_used[name];
        expect([name, outputs[output][0]]).toEqual([name, asTensor(value)]);
      }
    })(),
  );
});
