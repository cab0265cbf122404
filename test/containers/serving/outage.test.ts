/** @jest-environment #test/helpers/onnx-environment.ts */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ask, batch, customer, deployment, modelFiles, predict, until, uriOf } from './serving-fakes.ts';
import { withTask, withWorld } from './serving-world.ts';

const full = { customer_id: 'c-1', ...customer };
const gone = { weight: 100, modelUri: uriOf('gone') };
const ids = (records: readonly { prediction_id: string }[]): string[] => records.map((r) => r.prediction_id).sort();

const ledgerFiles = async (cacheDir: string, end: string): Promise<string[]> => {
  const found = await readdir(join(cacheDir, 'ledger'), { recursive: true });
  return found.filter((name) => name.endsWith(end)).map((name) => join(cacheDir, 'ledger', name));
};
/** Closed parts of the journal that wait. */
const goneOwner = (owner: string): string => JSON.stringify({ ...JSON.parse(owner), started: 'at another time' });
const segments = (cacheDir: string): Promise<string[]> => ledgerFiles(cacheDir, '.jsonl');

const predictMany = async (port: number, count: number): Promise<string[]> => {
  const rows = Array.from({ length: count }, () => full);
  const { json } = await batch(port, { rows });
  return ids(json.predictions);
};

describe('while something is away', () => {
  it(
    'the registry: what serves goes on serving, and is followed again afterwards',
    withTask(async (made, task) => {
      made.away.registry = true;
      await until(async () => (await ask(task.port, '/ready')).json.registry === 'away');
      expect((await predict(task.port, full)).status).toBe(200);
      expect((await ask(task.port, '/ready')).status).toBe(200);
      made.documents = [deployment({ revision: 2, variants: [{ version: 2, weight: 100, modelUri: uriOf(2) }] })];
      made.away.registry = false;
      await until(async () => (await predict(task.port, full)).json.model_version === '2');
    }),
  );

  it(
    'registry and model store at a start: the last good deployment serves from disk',
    withWorld(async ({ made, start }) => {
      made.documents = [deployment({ revision: 2, variants: [{ version: 2, weight: 100, modelUri: uriOf(2) }] })];
      await (await start()).stop();
      made.away.registry = true;
      made.away.models = true;
      const again = await start();
      expect((await ask(again.port, '/ready')).status).toBe(200);
      expect((await predict(again.port, full)).json.model_version).toBe('2');
    }),
  );

  it(
    'the registry at a first start: the task is not ready until it is back',
    withWorld(async ({ made, start }) => {
      made.away.registry = true;
      const task = await start();
      expect((await ask(task.port, '/live')).status).toBe(200);
      const { status, headers } = await ask(task.port, '/ready');
      expect([status, headers['retry-after']]).toEqual([503, '1']);
      const early = await predict(task.port, full);
      expect([early.status, early.json.error.code, early.headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '1']);
      made.away.registry = false;
      await until(async () => (await ask(task.port, '/ready')).status === 200);
      expect((await predict(task.port, full)).status).toBe(200);
    }),
  );

  it(
    'no model at a start: the task is not ready until one loads, and stays ready whatever comes',
    withWorld(async ({ made, start }) => {
      made.documents = [deployment(), deployment({ model: 'telco', variants: [{ ...gone, version: 2 }] })];
      const task = await start();
      await until(() => made.metric('ModelLoadFailures', '2') > 1);
      expect((await ask(task.port, '/ready')).status).toBe(503);
      made.models.set(gone.modelUri, await modelFiles('v2'));
      await until(async () => (await ask(task.port, '/ready')).status === 200);
      made.documents.push(deployment({ model: 'late', variants: [{ ...gone, version: 3, modelUri: uriOf('none') }] }));
      await until(() => made.metric('ModelLoadFailures', '3') > 0);
      expect((await ask(task.port, '/ready')).status).toBe(200);
    }),
    20_000,
  );

  it(
    'nothing deployed at a start: the task is ready',
    withWorld(async ({ made, start }) => {
      made.documents = [];
      const task = await start();
      expect((await ask(task.port, '/ready')).status).toBe(200);
    }),
  );

  it(
    'a start beside a broken canary serves the stable version to all',
    withWorld(async ({ made, start }) => {
      made.models.delete(uriOf(2));
      const variants = [
        { version: 1, weight: 50, modelUri: uriOf(1) },
        { version: 2, weight: 50, modelUri: uriOf(2) },
      ];
      made.documents = [deployment({ phase: 'canary', variants })];
      const task = await start();
      const rows = Array.from({ length: 50 }, (_, n) => ({ ...full, customer_id: `c-${n}` }));
      const { json } = await batch(task.port, { rows });
      expect(new Set(json.predictions.map((p: { model_version: string }) => p.model_version))).toEqual(new Set(['1']));
    }),
  );

  it(
    'a spoilt disk copy is fetched anew',
    withWorld(async ({ cacheDir, start }) => {
      await (await start()).stop();
      const [model = ''] = await readdir(join(cacheDir, 'models'));
      await writeFile(join(cacheDir, 'models', model, 'model.onnx'), 'spoilt');
      const task = await start();
      await until(async () => (await predict(task.port, full)).status === 200);
    }),
  );

  it(
    'the ledger stream: predictions go on and every record arrives once it is back',
    withTask(async (made, task, cacheDir) => {
      made.away.ledger = true;
      const first = await predictMany(task.port, 300);
      const second = await predictMany(task.port, 300);
      await until(async () => (await segments(cacheDir)).length > 0);
      made.away.ledger = false;
      const third = await predictMany(task.port, 10);
      await until(() => made.ledger().length >= 610);
      expect(ids(made.ledger())).toEqual([...first, ...second, ...third].sort());
      await until(async () => (await segments(cacheDir)).length === 0);
    }),
    20_000,
  );

  it(
    'part of the ledger stream: only what was handed back is sent again',
    withTask(async (made, task) => {
      let refusals = 0;
      made.refuse = () => refusals++ % 2 === 0 && refusals < 6;
      const sent = await predictMany(task.port, 1_000);
      await until(() => made.ledger().length >= 1_000);
      expect(ids(made.ledger())).toEqual(sent);
      expect(refusals).toBeGreaterThan(1);
    }),
  );

  it(
    'the metrics: they are told afterwards',
    withTask(async (made, task) => {
      made.away.metrics = true;
      await predictMany(task.port, 7);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(made.points).toHaveLength(0);
      made.away.metrics = false;
      await until(() => made.metric('Requests', '1') === 7);
    }),
  );
});

describe('a task that is told to stop', () => {
  it(
    'finishes what is under way, refuses what is new and leaves no record behind',
    withWorld(async ({ made, start }) => {
      made.lookupMs = 200;
      const task = await start();
      const underWay = ['c-1', 'c-2'].map((customer_id) => predict(task.port, { customer_id }));
      await new Promise((resolve) => setTimeout(resolve, 80));
      const stopped = task.stop();
      await expect(predict(task.port, full)).rejects.toThrow('ECONNREFUSED');
      const answered = await Promise.all(underWay);
      expect(answered.map(({ status }) => status)).toEqual([200, 200]);
      expect(answered.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
      await stopped;
      expect(ids(made.ledger())).toEqual(ids(answered.map(({ json }) => json)));
      expect(made.metric('Requests', '1')).toBe(2);
      expect(made.lines.filter((line) => line.includes('"message":"request"'))).toHaveLength(2);
    }),
  );

  it(
    'leaves on disk what the stream does not take, for the next task',
    withWorld(async ({ made, cacheDir, start }) => {
      const task = await start();
      made.away.ledger = true;
      const sent = await predictMany(task.port, 25);
      await task.stop();
      expect(made.packets).toHaveLength(0);
      made.away.ledger = false;
      // This process lives on, so that its folder is only left when it says that it is another's.
      for (const owner of await ledgerFiles(cacheDir, 'owner.json'))
        await writeFile(owner, goneOwner(await readFile(owner, 'utf8')));
      await start();
      await until(() => made.ledger().length === 25);
      expect(ids(made.ledger())).toEqual(sent);
    }),
  );
});
