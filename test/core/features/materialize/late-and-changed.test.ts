import { describe, expect, it } from '@jest/globals';
import type { OnlineTable } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { materializeWorld, orders, someSourceView } from './_world.ts';

const day = (n: number): string => `2026-02-${String(n).padStart(2, '0')}T00:00:00Z`;
const buying = () => materializeWorld([someSourceView('buying')]);

describe('what came late', () => {
  it('is brought though its rows say that they were true and known before the watermark', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1], ['B', day(1), day(1), 1]), day(1));
    await world.run({ end: day(10) });
    // The day's export: nothing in it is newer than the watermark, but it was stored behind it.
    await world.put('orders/2.csv', orders(['A', day(9), day(9), 9], ['C', day(5), day(5), 5]), day(11));
    expect((await world.run({ end: day(20) })).done).toMatchObject({ rows: 2, written: 2 });
    expect([await world.amount('A'), await world.amount('B'), await world.amount('C')]).toEqual([9, 1, 5]);
    expect((await world.run({ end: day(21) })).done.rows).toBe(0);
  });

  it('is brought once where a file was replaced by a longer one', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1]), day(1));
    await world.run({ end: day(10) });
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1], ['B', day(2), day(2), 2]), day(12));
    expect((await world.run({ end: day(20) })).done.rows).toBe(2);
    expect(await world.amount('B')).toBe(2);
  });

  it('is not lost behind an end that has not come yet', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1]), day(1));
    await world.run({ startedAt: day(10), end: '2099-01-01T00:00:00Z' });
    expect(await world.deps.watermarks.get('shop', 'buying')).toBe('2026-02-10T00:00:00.000Z');
    await world.put('orders/2.csv', orders(['A', day(12), day(12), 12]), day(12));
    await world.run({ startedAt: day(20) });
    expect(await world.amount('A')).toBe(12);
  });
});

describe('a definition that changed', () => {
  const amountAndPieces = { features: [...someSourceView('any').view.features, { name: 'pieces', type: 'integer' }] };
  const rows =
    'customer_id,ordered_at,seen_at,amount,pieces\nA,2026-02-01,2026-02-01,1,7\nB,2026-02-02,2026-02-02,2,8\n';

  it('has its values brought from the beginning, not from the watermark of the earlier one', async () => {
    const world = await buying();
    await world.put('orders/1.csv', rows, day(2));
    await world.run({ end: day(10) });
    await world.deps.definitions.save(someSourceView('buying', amountAndPieces as never, 2));
    await world.run({ end: day(20) });
    expect((await world.read('A'))?.buying?.values).toEqual({ amount: 1, pieces: 7 });
    expect((await world.run({ end: day(21) })).done.rows).toBe(0);
  });

  it('does not go on with what was left half-done of the earlier one, nor does other code', async () => {
    const world = await buying();
    await world.put('orders/1.csv', rows, day(2));
    await expect(
      world.run({ startedAt: day(10) }, { online: broken(world.deps.online, 'UNAVAILABLE') }),
    ).rejects.toThrow();
    await world.deps.definitions.save(someSourceView('buying', amountAndPieces as never, 2));
    const { plans } = await world.run({ startedAt: day(20) });
    expect(plans.map(({ again }) => again)).toEqual([false]);
    await world.put('orders/2.csv', rows.replace('-01,1,7', '-21,3,9'), day(21));
    await expect(
      world.run({ startedAt: day(22) }, { online: broken(world.deps.online, 'UNAVAILABLE') }),
    ).rejects.toThrow();
    const other = await world.run({ startedAt: day(23) }, { codeVersion: 'v2' });
    expect(other.plans.map(({ again }) => again)).toEqual([false]);
  });
});

const broken = (table: OnlineTable, code: 'UNAVAILABLE' | 'ITEM_TOO_LARGE'): OnlineTable => ({
  ...table,
  putNewer: async () => {
    throw new PlatformError(code, 'no');
  },
});

describe('a row that no table takes', () => {
  it('does not stand in the way of the data that was corrected', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 666]), day(1));
    const refusing: OnlineTable = {
      ...world.deps.online,
      putNewer: async (batches) => {
        const all = [];
        for await (const batch of batches) all.push(...batch);
        if (all.some(({ values }) => values.amount === 666)) throw new PlatformError('ITEM_TOO_LARGE', 'too large');
        return world.deps.online.putNewer(
          (async function* () {
            yield all;
          })(),
        );
      },
    };
    await expect(world.run({ startedAt: day(10) }, { online: refusing })).rejects.toMatchObject({
      code: 'MATERIALIZATION_INCOMPLETE',
    });
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1]), day(11));
    await world.run({ startedAt: day(12) }, { online: refusing });
    expect(await world.amount('A')).toBe(1);
  });
});
