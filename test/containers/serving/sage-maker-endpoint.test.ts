/** @jest-environment #test/helpers/onnx-environment.ts */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sageMakerModel } from '#adapters/aws/sage-maker-model.ts';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import { ask, batch, customer, deployment, type Outside, predict, until, uriOf } from './serving-fakes.ts';
import { openWorld } from './serving-world.ts';

type Failing = 'nothing' | 'error' | 'silence' | 'fewer-rows' | 'no-json';

/** SageMaker's side of an endpoint: names it in the path and hands the body to the container behind. */
class Endpoint {
  failing: Failing = 'nothing';
  readonly asked: { path: string; body: string }[] = [];
  readonly #server: Server;

  constructor(containerPort: number) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      this.asked.push({ path: request.url ?? '', body });
      if (this.failing === 'silence') return;
      const headers = { 'content-type': String(request.headers['content-type']), 'x-caller-id': 'sage-maker' };
      const answered = await ask(containerPort, '/invocations', { method: 'POST', body, headers });
      const [status, text] = this.#spoilt(answered.status, answered.text);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  }

  #spoilt(status: number, text: string): [number, string] {
    if (this.failing === 'error') return [424, '{"Message":"the container is out of memory"}'];
    if (this.failing === 'no-json') return [200, '<html>'];
    if (this.failing === 'fewer-rows') return [200, '{"predictions":[]}'];
    return [status, text];
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const full = { customer_id: 'c-9', ...customer };

/** A task, and behind it one that stands in for the endpoint's container. */
const front = async () => {
  const behind = await openWorld();
  const container = await behind.start();
  const endpoint = new Endpoint(container.port);
  const url = await endpoint.listen();
  const client = new SageMakerRuntimeClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
  });
  const world = await openWorld();
  const { made } = world;
  const variants = [{ version: 1, weight: 100, modelUri: uriOf(1), endpoint: 'mlops-churn-1' }];
  made.documents = [deployment({ variants })];
  const deps = { ...made.deps(), remote: sageMakerModel(client) };
  made.deps = () => deps;
  const task = await world.start();
  const close = async () => {
    await world.close();
    client.destroy();
    await endpoint.close();
    await behind.close();
  };
  return { made, endpoint, task, container, close };
};

describe('a variant that a SageMaker endpoint runs', () => {
  let made: Outside;
  let endpoint: Endpoint;
  let task: ServingTask;
  let container: ServingTask;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ made, endpoint, task, container, close } = await front());
  });
  afterEach(() => close());

  it('answers as the fleet itself would, with stored features, ledger and all', async () => {
    const own = (await predict(container.port, full)).json;
    const far = await predict(task.port, full);
    expect(far.status).toBe(200);
    expect(far.json.prediction).toBe(own.prediction);
    expect(far.json.probability).toBeCloseTo(own.probability, 6);
    expect((await predict(task.port, { customer_id: 'c-1' })).json.features_used).toEqual(customer);
    const many = await batch(task.port, { rows: [full, { ...full, tenure: 70, contract: null }] });
    expect(many.json.predictions).toHaveLength(2);
    expect(many.json.predictions[1].probability).not.toBe(many.json.predictions[0].probability);
    await until(() => made.ledger().length === 4);
    expect(endpoint.asked.every(({ path }) => path === '/endpoints/mlops-churn-1/invocations')).toBe(true);
    const [{ dataframe_split: sent }] = endpoint.asked.slice(-1).map(({ body }) => JSON.parse(body));
    expect(sent.columns).toEqual(['tenure', 'monthly_charges', 'contract']);
    expect(sent.data[1]).toEqual([70, 88.5, null]);
    const { json } = await ask(task.port, '/serving/models/churn');
    expect(json.variants).toEqual([{ version: 1, weight: 100, loaded: true, endpoint: 'mlops-churn-1' }]);
  });

  it.each<[Failing, number, string]>([
    ['error', 503, 'UNAVAILABLE'],
    ['silence', 503, 'UNAVAILABLE'],
    ['fewer-rows', 500, 'INTERNAL'],
    ['no-json', 500, 'INTERNAL'],
  ])('whose endpoint answers with %s fails with %i, counts against its version, and serves again', async (...row) => {
    const [failing, status, code] = row;
    endpoint.failing = failing;
    const failed = await predict(task.port, full);
    expect([failed.status, failed.json.error.code]).toEqual([status, code]);
    expect(failed.json.error.message).not.toContain('127.0.0.1');
    await until(() => made.metric('Errors', '1') > 0);
    endpoint.failing = 'nothing';
    await until(async () => (await predict(task.port, full)).status === 200);
  });
});
