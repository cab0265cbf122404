import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, customer, until } from './serving-fakes.ts';
import { type ServingProcess, servingProcess, spawnServing } from './serving-process.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/serving-model');

describe('a folder of models, served without any cloud', () => {
  let folder: string;
  let port: number;
  let task: ServingProcess;

  /** No region, no credentials, no endpoint. */
  const environment = () => ({ MODEL_DIR: join(folder, 'model'), CACHE_DIR: join(folder, 'cache') });
  const serve = async (): Promise<void> => {
    task = await servingProcess({ environment: environment() });
    ({ port } = task);
  };
  const copy = (version: string, to: string) =>
    cp(join(fixtures, version), join(folder, 'model', to), { recursive: true });
  const invoke = (headers: Record<string, string> = {}, instances: readonly object[] = [customer]) =>
    ask(port, '/invocations', { method: 'POST', body: JSON.stringify({ instances }), headers });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'model-folder-'));
  });
  afterEach(async () => {
    await task?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('is one model, asked without a key, replaced while it serves, and kept when its files are spoilt', async () => {
    await copy('v1', '.');
    await writeFile(join(folder, 'model', 'registered_model_meta'), "model_name: churn\nmodel_version: '12'\n");
    await serve();
    const first = await invoke();
    expect([first.status, first.json.predictions]).toEqual([
      200,
      [expect.objectContaining({ prediction: expect.any(String) })],
    ]);
    expect((await ask(port, '/v2/models/churn')).json.versions).toEqual(['12']);
    const { json } = await ask(port, '/predict', {
      method: 'POST',
      body: JSON.stringify({ customer_id: 'c', ...customer }),
    });
    expect(json).toMatchObject({ model_name: 'churn', model_version: '12' });
    const unknown = await ask(port, '/predict', { method: 'POST', body: '{"customer_id":"c-1"}' });
    expect([unknown.status, unknown.json.error.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    expect(unknown.json.error.message).toBe(
      'no features are stored for "c-1", nor are any where a model folder is served; send the missing fields: tenure, monthly_charges, contract',
    );
    const nameless = await ask(port, '/predict', { method: 'POST', body: JSON.stringify(customer) });
    expect([nameless.status, nameless.json.features_used]).toEqual([200, customer]);
    const empty = await ask(port, '/predict', { method: 'POST', body: '{"tenure":1}' });
    expect([empty.status, empty.json.error.code]).toEqual([400, 'FIELD_MISSING']);
    const remedy = 'the request lacks monthly_charges, contract; send them (null says "not known")';
    expect(empty.json.error.message).toBe(remedy);
    const together = await invoke({}, [{ tenure: 1 }]);
    expect([together.status, together.json.error.message]).toEqual([400, remedy]);
    const [described] = (await ask(port, '/serving/models')).json.models;
    expect(described.fields[0]).toMatchObject({ name: 'customer_id', required: false });

    await copy('v2', '.');
    await until(async () => (await invoke()).json.predictions[0].probability !== first.json.predictions[0].probability);
    const second = await invoke();
    await writeFile(join(folder, 'model', 'serving.json'), '{"format": 2');
    await until(() => task.output().includes('model folder not read'));
    expect((await invoke()).json).toEqual(second.json);
    expect(task.output().match(/model folder not read/g)).toHaveLength(1);
    expect(await task.end()).toBe(0);
  }, 60_000);

  it('is not served where another has the port, which it says in one line, with the way out', async () => {
    await copy('v1', '.');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    ({ port } = other.address() as AddressInfo);
    task = await spawnServing({ environment: environment(), port });
    const code = await task.ended();
    other.close();
    const lines = task.output().trimEnd().split('\n');
    expect([code, lines]).toEqual([1, [expect.stringContaining(`port ${port} of 127.0.0.1`)]]);
    expect(lines[0]).toContain('PORT=18080');
  }, 60_000);

  it('is many models, each by the name of its folder', async () => {
    await copy('v1', 'churn');
    await copy('bill', 'bill');
    await copy('v2', 'Not A Name');
    await writeFile(join(folder, 'model', 'notes.txt'), 'no model');
    await serve();
    const { json } = await ask(port, '/serving/models');
    expect(json.models.map(({ model }: { model: string }) => model)).toEqual(['bill', 'churn']);
    const named = await invoke({ 'x-amzn-sagemaker-target-model': 'churn' });
    const facts = JSON.parse(await readFile(join(fixtures, 'v1', 'serving.json'), 'utf8'));
    expect(facts.classes).toContain(named.json.predictions[0].prediction);
    expect((await invoke()).json.error.code).toBe('MODEL_NOT_SERVED');
  }, 60_000);
});
