import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deleteRun, logBatch, searchRuns } from '#core/tracking/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { batchOf, makeWorld, metric, type World, withRuns } from './_world.ts';

const names = async (deps: World, request: object, maxResults = 100) => {
  const read = (page: { maxResults: number }) =>
    searchRuns(deps, { experimentIds: [], view: 'ACTIVE_ONLY', ...request, ...page });
  return (await allPages(read, maxResults)).map(({ info }) => info.runName);
};

describe('a search of runs', () => {
  it('filters on one metric and orders by another, whatever the page size', async () => {
    const deps = makeWorld();
    const { experimentId, runIds } = await withRuns(deps, 12);
    for (const [i, runId] of runIds.entries())
      await logBatch(deps, runId, batchOf({ metrics: [metric('loss', i % 4)], tags: { big: 'x'.repeat(6_000) } }));
    const request = { experimentIds: [experimentId], filter: 'metrics.auc >= 0.5', orderBy: ['metrics.loss ASC'] };
    const wanted = ['r8', 'r9', 'r5', 'r10', 'r6', 'r11', 'r7'];
    for (const size of [1, 3, 7, 100]) expect(await names(deps, request, size)).toEqual(wanted);
    const [first] = (await searchRuns(deps, { ...request, view: 'ALL', maxResults: 1 })).items;
    expect(first).toMatchObject({ params: { i: '8' }, tags: { big: 'x'.repeat(6_000) } });
    expect(first?.metrics).toHaveLength(2);
  });

  it('pages newest first through several experiments (law)', async () => {
    const deps = makeWorld();
    const [a, b] = [await withRuns(deps, 9, 'a'), await withRuns(deps, 6, 'b')];
    const experimentIds = [a.experimentId, b.experimentId, 'none'];
    const orders = fc.constantFrom([], ['start_time ASC'], ['attributes.start_time DESC'], ['run_name ASC']);
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 1, max: 20 }), async (orderBy, size) => {
        const whole = await names(deps, { experimentIds, orderBy });
        expect(whole).toHaveLength(15);
        expect(await names(deps, { experimentIds, orderBy }, size)).toEqual(whole);
      }),
    );
    expect((await names(deps, { experimentIds })).slice(0, 5)).toEqual(
      ['r8', 'r7', 'r6', 'r5', 'r5'].toSorted().reverse(),
    );
  });

  it('sees deleted runs only when asked to', async () => {
    const deps = makeWorld();
    const { experimentId, runIds } = await withRuns(deps, 3);
    await deleteRun(deps, runIds[1]!);
    const seen = (view: string) => names(deps, { experimentIds: [experimentId], view });
    expect([await seen('ACTIVE_ONLY'), await seen('DELETED_ONLY')]).toEqual([['r2', 'r0'], ['r1']]);
    expect(await seen('ALL')).toHaveLength(3);
  });

  it('looks up runs that the filter names, within the experiments', async () => {
    const deps = makeWorld();
    const { experimentId, runIds } = await withRuns(deps, 4);
    const other = await withRuns(deps, 1, 'other');
    const list = [runIds[1], runIds[3], other.runIds[0], 'unknown'].map((id) => `'${id}'`).join(',');
    const filter = `run_id IN (${list})`;
    deps.tracking.scanRuns = () => {
      throw new Error('nobody should look at the others');
    };
    expect(await names(deps, { experimentIds: [experimentId], filter })).toEqual(['r3', 'r1']);
  });

  it('stops reading once the newest fill the page', async () => {
    const deps = makeWorld();
    const { experimentId } = await withRuns(deps, 60);
    let read = 0;
    const { scanRuns } = deps.tracking;
    deps.tracking.scanRuns = async function* (scan) {
      for await (const some of scanRuns(scan)) {
        read += some.length;
        yield some;
      }
    };
    const { items } = await searchRuns(deps, { experimentIds: [experimentId], view: 'ALL', maxResults: 5 });
    expect([items.length, read]).toEqual([5, 10]);
  });

  it('cuts a page that no answer could hold, and goes on behind it', async () => {
    const deps = makeWorld();
    const { experimentId, runIds } = await withRuns(deps, 12);
    const params = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, 'x'.repeat(6_000)]));
    for (const runId of runIds) await logBatch(deps, runId, batchOf({ params }));
    const request = { experimentIds: [experimentId], view: 'ALL' as const, maxResults: 100 };
    const first = await searchRuns(deps, request);
    expect(first.items).toHaveLength(5);
    const second = await searchRuns(deps, { ...request, pageToken: first.nextPageToken });
    const third = await searchRuns(deps, { ...request, pageToken: second.nextPageToken });
    const all = [first, second, third].flatMap(({ items }) => items.map(({ info }) => info.runId));
    expect([all, third.nextPageToken]).toEqual([runIds.toReversed(), undefined]);
  });

  it('shows the token that it does not understand, and refuses a token of another search', async () => {
    const deps = makeWorld();
    const { experimentId } = await withRuns(deps, 3);
    const request = { experimentIds: [experimentId], view: 'ALL' as const, maxResults: 1 };
    await expect(searchRuns(deps, { ...request, filter: 'metrics.auc OR 3' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('OR'),
    });
    const { nextPageToken: pageToken } = await searchRuns(deps, request);
    for (const other of [
      { pageToken: 'nonsense' },
      { pageToken, filter: 'metrics.auc > 0' },
      { pageToken, experimentIds: [] },
    ])
      await expect(searchRuns(deps, { ...request, ...other })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
