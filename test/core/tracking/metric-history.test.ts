import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evenlySpread, getMetricHistory, getMetricHistoryBulk, logBatch } from '#core/tracking/index.ts';
import { batchOf, makeWorld, metric, type World, withRuns } from './_world.ts';

let deps: World;
let runIds: string[];
beforeEach(async () => {
  deps = makeWorld();
  ({ runIds } = await withRuns(deps, 2));
  const metrics = Array.from({ length: 100 }, (_, i) => metric('loss', i, i));
  for (const runId of runIds) await logBatch(deps, runId, batchOf({ metrics }));
});

describe('histories of several runs', () => {
  it('are thinned out evenly, first and last kept', async () => {
    const points = await getMetricHistoryBulk(deps, { runIds, key: 'loss', maxResults: 5 });
    const steps = (runId: string) => points.filter((point) => point.runId === runId).map(({ step }) => step);
    expect(runIds.map(steps)).toEqual([
      [0, 20, 40, 60, 99],
      [0, 20, 40, 60, 99],
    ]);
  });

  it('are bounded by steps, both or none', async () => {
    const query = { runIds: runIds.slice(1), key: 'loss', maxResults: 320 };
    const points = await getMetricHistoryBulk(deps, { ...query, startStep: 90, endStep: 94n });
    expect(points.map(({ step }) => step)).toEqual([90, 91, 92, 93, 94]);
    await expect(getMetricHistoryBulk(deps, { ...query, startStep: 3 })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    const unknown = getMetricHistoryBulk(deps, { ...query, runIds: ['x'] });
    await expect(unknown).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await getMetricHistoryBulk(deps, { ...query, key: 'none' })).toEqual([]);
  });

  it('spread as wide as they can (law)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 50 }), (size, count) => {
        const all = Array.from({ length: size }, (_, i) => i);
        const some = evenlySpread(all, count);
        expect(some).toHaveLength(Math.min(size, count));
        expect(some).toEqual([...new Set(some)].sort((a, b) => a - b));
        if (size > 0) expect(some.at(-1)).toBe(size - 1);
        if (size > 0 && count > 1) expect(some[0]).toBe(0);
      }),
    );
  });
});

describe('the history of one', () => {
  it('comes whole without a page size, and refuses a size that is none', async () => {
    const [runId = ''] = runIds;
    expect((await getMetricHistory(deps, { runId, key: 'loss' })).items).toHaveLength(100);
    const none = getMetricHistory(deps, { runId, key: 'loss', maxResults: 0 });
    await expect(none).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
