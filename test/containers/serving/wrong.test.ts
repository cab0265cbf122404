/** @jest-environment #test/helpers/onnx-environment.ts */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ask, batch, customer, deployment, modelFiles, predict, seriesOf, until, uriOf } from './serving-fakes.ts';
import { withTask, withWorld } from './serving-world.ts';

const full = { customer_id: 'c-1', ...customer };
const second = [{ version: 2, weight: 100, modelUri: uriOf(2) }];
const versionOf = async (port: number): Promise<string> => (await predict(port, full)).json.model_version;

describe('when something is there and wrong', () => {
  it(
    'a garbage document takes no other away, its own model serves on, and a good one is followed again',
    withTask(async (made, task) => {
      const other = deployment({ model: 'telco', revision: 1 });
      made.documents.push(other);
      await until(async () => (await ask(task.port, '/')).json.models.length === 2);
      made.documents = [deployment({ model: 'telco', revision: 2, variants: second })];
      made.garbage = [{ ...deployment({ revision: 2 }), variants: [] }, null, 'nonsense', { model: 7 }];
      const telco = () => predict(task.port, full, { path: '/predict/telco' });
      await until(async () => (await telco()).json.model_version === '2');
      for (let n = 0; n < 20; n += 1) expect(await versionOf(task.port)).toBe('1');
      const told = () => made.lines.filter((line) => line.includes('does not fit') && line.includes('churn'));
      // Lines of the log are gathered for a moment.
      await until(async () => told().length > 0);
      expect(told()).toHaveLength(1);
      made.garbage = [];
      made.documents.push(deployment({ revision: 3, variants: second }));
      await until(async () => (await versionOf(task.port)) === '2');
    }),
  );

  it(
    'an empty listing that comes once takes nothing away',
    withTask(async (made, task) => {
      const store = made.documents;
      let listings = 0;
      Object.defineProperty(made, 'documents', {
        get: () => {
          listings += 1;
          return listings % 3 === 0 ? store : [];
        },
      });
      await until(() => listings > 12);
      expect(await versionOf(task.port)).toBe('1');
    }),
  );

  it(
    'documents of garbage on disk are as none',
    withWorld(async ({ made, cacheDir, start }) => {
      await writeFile(join(cacheDir, 'fleet.json'), '[{"model":');
      made.away.registry = true;
      const task = await start();
      expect((await ask(task.port, '/ready')).status).toBe(503);
      made.away.registry = false;
      await until(async () => (await ask(task.port, '/ready')).status === 200);
    }),
  );

  it(
    'a registry that hangs at a start: what served last serves from disk meanwhile',
    withWorld(async ({ made, start }) => {
      await (await start()).stop();
      const deps = made.deps();
      const hanging = Promise.withResolvers<never>();
      made.deps = () => ({ ...deps, store: { list: () => hanging.promise } });
      const task = await start();
      expect((await ask(task.port, '/ready')).status).toBe(200);
      expect(await versionOf(task.port)).toBe('1');
      hanging.reject(new Error('cut off'));
    }),
  );

  it.each(['model.onnx', 'serving.json', 'sha256.json'])('%s spoilt on disk: it is fetched anew and heals', (file) =>
    withWorld(async ({ made, cacheDir, start }) => {
      await (await start()).stop();
      const [name = ''] = await readdir(join(cacheDir, 'models'));
      await writeFile(join(cacheDir, 'models', name, file), 'spoilt');
      const task = await start();
      expect(await versionOf(task.port)).toBe('1');
      await task.stop();
      // Healed: the next start needs no source.
      made.away.models = true;
      const again = await start();
      expect(await versionOf(again.port)).toBe('1');
    })(),
  );

  it(
    'a spoilt copy while the source is away: that model is not served, the others are',
    withWorld(async ({ made, cacheDir, start }) => {
      made.documents.push(deployment({ model: 'telco', variants: second }));
      await (await start()).stop();
      const names = await readdir(join(cacheDir, 'models'));
      await writeFile(join(cacheDir, 'models', names[0]!, 'model.onnx'), 'spoilt');
      made.away.models = true;
      const task = await start();
      const { json } = await ask(task.port, '/');
      expect(json.models).toHaveLength(1);
      expect((await ask(task.port, '/ready')).status).toBe(503);
      made.away.models = false;
      await until(async () => (await ask(task.port, '/ready')).status === 200);
    }),
  );

  it(
    'a corrupt object in the store: the version before serves on, and the good object is taken when it is there',
    withTask(async (made, task) => {
      const { graph, facts } = await modelFiles('v2');
      const cut = graph.subarray(0, graph.length - 10);
      made.models.set(uriOf(2), { graph: cut, facts });
      made.documents = [deployment({ revision: 2, variants: second })];
      await until(() => made.metric('ModelLoadFailures', '2') > 0);
      expect(await versionOf(task.port)).toBe('1');
      const { json } = await ask(task.port, '/health/churn');
      expect(json.waiting).toMatchObject({ revision: 2 });
      made.models.set(uriOf(2), { graph, facts });
      await until(async () => (await versionOf(task.port)) === '2');
    }),
    20_000,
  );
});

describe('while the feature store is away', () => {
  const gone = (made: { away: { features: boolean } }) => {
    made.away.features = true;
  };

  it(
    'a request that brings everything never asks it; one that does not is told to try again',
    withTask(async (made, task) => {
      gone(made);
      expect((await predict(task.port, full)).status).toBe(200);
      expect(made.lookups).toHaveLength(0);
      const { status, json, headers } = await predict(task.port, { customer_id: 'c-1' });
      expect([status, json.error.code, headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '1']);
    }),
  );

  it(
    'what was read before is told though it is old, is counted, and the store is asked ever more rarely',
    withTask(async (made, task) => {
      expect((await predict(task.port, { customer_id: 'c-1' })).status).toBe(200);
      gone(made);
      await new Promise((resolve) => setTimeout(resolve, 1_010));
      for (let n = 0; n < 20; n += 1) expect((await predict(task.port, { customer_id: 'c-1' })).status).toBe(200);
      expect(await seriesOf(task.port, 'feature_stale_reads_total')).toBe(20);
      expect(await seriesOf(task.port, 'dependency_up{dependency="features"}')).toBe(0);
      // One read while it was there, five that failed, and at most one try since.
      expect(made.lookups.length).toBeLessThanOrEqual(7);
      made.away.features = false;
      await until(async () => {
        await predict(task.port, { customer_id: 'c-2' });
        return (await seriesOf(task.port, 'dependency_up{dependency="features"}')) === 1;
      });
    }),
  );

  it(
    'a value of another type is that entity’s fault alone',
    withTask(async (made, task) => {
      const [one] = [...made.items.values()];
      const views = structuredClone(one!.views) as Record<string, { values: Record<string, unknown> }>;
      views.profile!.values.tenure = 'long';
      made.store({ pk: one!.pk, views } as unknown as NonNullable<typeof one>);
      const { json } = await batch(task.port, { rows: [{ customer_id: 'c-1' }, { customer_id: 'c-2' }] });
      expect(json.predictions[0].error.code).toBe('TYPE_MISMATCH');
      expect(json.predictions[1].model_version).toBe('1');
    }),
  );
});

describe('more versions than memory', () => {
  it(
    'are all known, some in memory, and all answer',
    withWorld(async ({ made, start }) => {
      const COUNT = 200;
      const files = await Promise.all([modelFiles('v1'), modelFiles('v2')]);
      made.documents = Array.from({ length: COUNT }, (_, n) => {
        made.models.set(uriOf(`m${n}`), files[n % 2]!);
        return deployment({ model: `model-${n}`, variants: [{ version: 1, weight: 100, modelUri: uriOf(`m${n}`) }] });
      });
      const task = await start({ modelMemoryMiB: 1 });
      expect((await ask(task.port, '/ready')).status).toBe(200);
      expect(await seriesOf(task.port, 'models_known')).toBe(COUNT);
      const loaded = await seriesOf(task.port, 'models_loaded');
      expect(loaded).toBeGreaterThan(10);
      expect(loaded).toBeLessThan(COUNT);
      const asked = Array.from({ length: COUNT }, (_, n) => predict(task.port, full, { path: `/predict/model-${n}` }));
      const found = await Promise.all(asked);
      expect(found.map(({ status }) => status)).toEqual(Array(COUNT).fill(200));
      // Each by its own model: the two graphs score apart.
      const scores = found.map(({ json }) => json.probability);
      expect(new Set(scores.filter((_, n) => n % 2 === 0)).size).toBe(1);
      expect(new Set(scores).size).toBe(2);
      expect(await seriesOf(task.port, 'model_memory_bytes')).toBeLessThanOrEqual(1_048_576);
    }),
    60_000,
  );
});
