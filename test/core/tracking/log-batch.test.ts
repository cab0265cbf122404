import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createLoggedModel,
  createRun,
  ensureExperiment,
  getLoggedModel,
  getMetricHistory,
  getRun,
  logBatch,
  logInputs,
  searchDatasets,
} from '#core/tracking/index.ts';
import { batchOf, makeWorld, metric, type World } from './_world.ts';

let deps: World;
let experimentId: string;
let runId: string;

beforeEach(async () => {
  deps = makeWorld();
  experimentId = (await ensureExperiment(deps, { name: 'churn' })).experimentId;
  runId = (await createRun(deps, { experimentId })).info.runId;
});
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
const refused = (batch: Parameters<typeof batchOf>[0]) => expect(logBatch(deps, runId, batchOf(batch))).rejects;

describe('a batch', () => {
  it.each(['', '/a', 'a/', 'a//b', './a', 'a/../b', '..', '..a', 'a#b', 'a,b', 'x\ty', 'a'.repeat(251)])(
    'refuses the key %p of a metric, param or tag, and writes nothing',
    async (key) => {
      await refused({ metrics: [metric(key, 1)], tags: { fine: '1' } }).toMatchObject({ code: 'INVALID_REQUEST' });
      await refused({ params: { [key]: '1' } }).toMatchObject({ code: 'INVALID_REQUEST' });
      await refused({ tags: { [key]: '1' } }).toMatchObject({ code: 'INVALID_REQUEST' });
      expect((await getRun(deps, runId)).tags.fine).toBeUndefined();
    },
  );

  it.each(['a', 'a b', 'a/b.c-d_e:f', 'ünïcøde/ß', '.hidden', 'a/..b', 'a'.repeat(250)])(
    'takes the key %p',
    async (key) => {
      await logBatch(deps, runId, batchOf({ metrics: [metric(key, 1)], params: { [key]: '1' }, tags: { [key]: '1' } }));
      const run = await getRun(deps, runId);
      expect([run.metrics[0]?.key, run.params[key], run.tags[key]]).toEqual([key, '1', '1']);
    },
  );

  it('cuts long params and tags instead of refusing them, by characters as Python counts', async () => {
    const params = { long: 'p'.repeat(6_001), wide: '😀'.repeat(6_001), fits: '😀'.repeat(6_000) };
    await logBatch(deps, runId, batchOf({ params, tags: { long: 't'.repeat(8_001) } }));
    const run = await getRun(deps, runId);
    expect(run.params).toEqual({ long: 'p'.repeat(6_000), wide: params.fits, fits: params.fits });
    expect(run.tags.long).toHaveLength(8_000);
    await logBatch(deps, runId, batchOf({ params }));
  });

  it('has at most a thousand metrics, a hundred params and a hundred tags', async () => {
    const metrics = Array.from({ length: 1_001 }, (_, i) => metric('a', i, i));
    await refused({ metrics }).toMatchObject({ message: expect.stringContaining('at most 1000 metrics, got 1001') });
    await refused({ params: many(101) }).toMatchObject({ message: expect.stringContaining('at most 100 params') });
    await refused({ tags: many(101) }).toMatchObject({ message: expect.stringContaining('at most 100 tags') });
    await logBatch(deps, runId, batchOf({ metrics: metrics.slice(1), params: many(100), tags: many(100) }));
  });

  it('refuses a time before 1970 and takes any step', async () => {
    await refused({ metrics: [{ ...metric('a', 1), timestampMs: -1 }] }).toMatchObject({ code: 'INVALID_REQUEST' });
    const steps = [-(2n ** 63n), -5, 0, 2n ** 63n - 1n];
    await logBatch(deps, runId, batchOf({ metrics: steps.map((step) => metric('a', 1, step)) }));
    expect((await getMetricHistory(deps, { runId, key: 'a' })).items.map(({ step }) => step)).toEqual(steps);
  });

  it('writes nothing when a param has another value already', async () => {
    await logBatch(deps, runId, batchOf({ params: { lr: '0.1' } }));
    const batch = { metrics: [metric('a', 1)], params: { new: '1', lr: '0.2' }, tags: { t: '1' } };
    await refused(batch).toMatchObject({ code: 'PARAM_CHANGED' });
    expect(await getRun(deps, runId)).toMatchObject({ metrics: [], params: { lr: '0.1' } });
  });

  it('keeps every point of any writers exactly once, however often each batch is sent (law)', async () => {
    const one = fc.record({ step: fc.integer({ min: 0, max: 400 }), copies: fc.integer({ min: 1, max: 3 }) });
    const writers = fc.array(fc.array(one, { maxLength: 40 }), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(writers, async (all) => {
        const id = (await createRun(deps, { experimentId })).info.runId;
        const send = ({ step }: { step: number }) =>
          logBatch(deps, id, batchOf({ metrics: [metric('a', step, step)] }));
        await Promise.all(all.flat().flatMap((each) => Array.from({ length: each.copies }, () => send(each))));
        const steps = (await getMetricHistory(deps, { runId: id, key: 'a' })).items.map(({ step }) => Number(step));
        expect(steps).toEqual([...new Set(all.flat().map(({ step }) => step))].sort((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  it('feeds the logged models that it measured', async () => {
    const { modelId } = await createLoggedModel(deps, { experimentId, name: 'tree' });
    const measured = { ...metric('auc', 0.9, 3), modelId, datasetName: 'test', datasetDigest: 'd' };
    await logBatch(deps, runId, batchOf({ metrics: [measured, metric('loss', 1)] }));
    expect((await getLoggedModel(deps, modelId)).metrics).toEqual([{ ...measured, runId }]);
    expect((await getRun(deps, runId)).metrics.map(({ key }) => key)).toEqual(['auc', 'loss']);
  });

  it('refuses to measure a model that is not there, before anything is written', async () => {
    const code = 'LOGGED_MODEL_NOT_FOUND';
    await refused({ metrics: [{ ...metric('auc', 1), modelId: 'm-x' }], tags: { t: '1' } }).toMatchObject({ code });
    expect((await getRun(deps, runId)).tags.t).toBeUndefined();
  });
});

describe('inputs', () => {
  const dataset = { name: 'd', digest: '1', sourceType: 's3', source: '{}', tags: {} };

  it.each([
    [{ name: 'x'.repeat(501) }],
    [{ digest: 'x'.repeat(37) }],
    [{ source: 'x'.repeat(65_536) }],
    [{ schema: 'x'.repeat(1_048_576) }],
    [{ tags: { k: 'x'.repeat(501) } }],
  ])('are refused when they are too long', async (change) => {
    const write = logInputs(deps, runId, { datasets: [{ ...dataset, ...change }] });
    await expect(write).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('are listed for experiments, each use once', async () => {
    const use = { ...dataset, tags: { 'mlflow.data.context': 'eval' } };
    await logInputs(deps, runId, { datasets: [use, use] });
    expect(await searchDatasets(deps, [experimentId])).toEqual([
      { experimentId, name: 'd', digest: '1', context: 'eval' },
    ]);
    for (const ids of [[], Array.from({ length: 21 }, String)])
      await expect(searchDatasets(deps, ids)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
