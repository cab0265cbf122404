import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OnlineRow } from '#contracts/online.ts';
import { materializeShard, type OnlineTable, planMaterialization } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { type MaterializeWorld, materializeWorld, orders, someSourceView } from './_world.ts';

const CUSTOMERS = 60;
const customers = Array.from({ length: CUSTOMERS }, (_, i) => `C${i}`);
const at = (n: number): string => new Date(Date.UTC(2026, 1, 1, 0, n)).toISOString();

/** Writes some rows of a call, then fails, as long as `isBroken` says so of one of them. */
const failing = (table: OnlineTable, isBroken: (row: OnlineRow) => boolean): OnlineTable => ({
  ...table,
  putNewer: async (batches) => {
    const rows: OnlineRow[] = [];
    for await (const batch of batches) rows.push(...batch);
    const bad = rows.findIndex(isBroken);
    const only = bad < 0 ? rows : rows.slice(0, bad);
    const done = await table.putNewer(
      (async function* () {
        yield only;
      })(),
    );
    if (bad >= 0) throw new PlatformError('UNAVAILABLE', 'the online table was too busy');
    return done;
  },
});

/** Notes the keys of every row that is written. */
const watched = (table: OnlineTable) => {
  const keys: string[] = [];
  const note = (row: OnlineRow): boolean => {
    keys.push(row.pk);
    return false;
  };
  return { keys, table: failing(table, note) };
};

describe('a materialization of several shards', () => {
  let world: MaterializeWorld;
  beforeEach(async () => {
    world = await materializeWorld([someSourceView('buying')]);
    Object.assign(world.deps, { valuesAShard: 10 });
    await world.put('orders/1.csv', orders(...customers.map((c, i) => [c, at(i), at(i), i] as const)));
  });
  const brokenAt = (customer: string) => failing(world.deps.online, ({ pk }) => pk.endsWith(`#${customer}`));

  it('leaves every key in one shard, and each shard as a file of its own', async () => {
    const { plans, done } = await world.run();
    expect(plans[0]?.shards.length).toBeGreaterThan(3);
    expect(done).toMatchObject({ rows: CUSTOMERS, entities: CUSTOMERS, shards: plans[0]?.shards.length });
    const files = (await world.deps.objects.list('projects/shop/datasets/materialization/')).map(({ key }) => key);
    expect(files.filter((key) => key.endsWith('.parquet'))).toHaveLength(plans[0]?.shards.length ?? 0);
  });

  it('keeps what other shards have written when one fails, and the watermark back', async () => {
    const failed = world.run({}, { online: brokenAt('C7') });
    await expect(failed).rejects.toMatchObject({
      code: 'MATERIALIZATION_INCOMPLETE',
      message: expect.stringMatching(
        /^1 of \d+ shards are not online \(shard \d+: UNAVAILABLE: the online table was too busy\)/,
      ),
    });
    const online = await Promise.all(customers.map((customer) => world.amount(customer)));
    expect(online.filter((amount) => amount !== undefined).length).toBeGreaterThan(CUSTOMERS / 2);
    expect(await world.deps.watermarks.get('shop', 'buying')).toBeUndefined();
  });

  it('goes on with what is missing and nothing else, then with what has come since', async () => {
    await expect(world.run({}, { online: brokenAt('C7') })).rejects.toMatchObject({
      code: 'MATERIALIZATION_INCOMPLETE',
    });
    await world.put('orders/2.csv', orders(['C3', '2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z', 300]));
    const { keys, table } = watched(world.deps.online);
    const { plans, done } = await world.run({ startedAt: '2026-03-03T00:00:00.000Z' }, { online: table });
    expect(plans.map(({ again }) => again)).toEqual([true, false]);
    const [first] = plans;
    expect(keys.length).toBeLessThan(CUSTOMERS / 2);
    expect(keys).toContain('shop/customer_id#C7');
    expect(first?.rows).toBe(CUSTOMERS);
    expect(done).toMatchObject({ rows: 1, until: '2026-03-03T00:00:00.000Z' });
    expect([await world.amount('C7'), await world.amount('C3')]).toEqual([7, 300]);
    expect(await world.deps.watermarks.get('shop', 'buying')).toBe('2026-03-03T00:00:00.000Z');
  });

  it('of the same range finds its own plan, and the shards that are done', async () => {
    const end = '2026-03-01T00:00:00Z';
    await expect(world.run({ end }, { online: brokenAt('C7') })).rejects.toMatchObject({
      code: 'MATERIALIZATION_INCOMPLETE',
    });
    const { keys, table } = watched(world.deps.online);
    const { plans, done } = await world.run({ end }, { online: table });
    expect(plans).toHaveLength(1);
    expect(plans[0]?.attempt).toBe(1);
    expect(new Set(keys).size).toBeLessThan(CUSTOMERS / 2);
    expect(done).toMatchObject({ rows: CUSTOMERS, written: CUSTOMERS, skippedOlder: 0 });
  });

  it('once ended is written anew when it is asked for again, as after a table was lost', async () => {
    const range = { start: '2026-01-01T00:00:00Z', end: '2026-03-01T00:00:00Z' };
    const first = await world.run(range);
    const { keys, table } = watched(world.deps.online);
    const second = await world.run(range, { online: table });
    expect(second.plans[0]?.datasetId).toBe(first.plans[0]?.datasetId);
    expect(second.plans[0]?.attempt).toBe(2);
    expect(keys).toHaveLength(CUSTOMERS);
  });

  it('plans anew when there is other data to read, however alike the request', async () => {
    const range = { start: '2026-01-01T00:00:00Z', end: '2026-03-01T00:00:00Z' };
    const first = await planMaterialization(world.deps, world.request(range));
    await world.put('orders/2.csv', orders(['C1', at(100), at(100), 100]));
    const second = await planMaterialization(world.deps, world.request(range));
    expect(second.datasetId).not.toBe(first.datasetId);
  });

  it('writes a shard once, though its function is started twice', async () => {
    const plan = await planMaterialization(world.deps, world.request());
    const shard = plan.shards[0] ?? 0;
    const once = await materializeShard(world.deps, { ...plan, shard });
    const { keys, table } = watched(world.deps.online);
    expect(await materializeShard({ ...world.deps, online: table }, { ...plan, shard })).toEqual(once);
    expect(keys).toEqual([]);
  });
});

interface Step {
  readonly kind: 'push' | 'file' | 'run';
  readonly customer: string;
  readonly minute: number;
}

/** Does the steps one after another; each later one happens later. Answers the newest minute of every customer. */
const play = async (world: MaterializeWorld, steps: readonly Step[]): Promise<Map<string, number>> => {
  const newest = new Map<string, number>();
  const acts: Record<Step['kind'], (step: Step, time: string) => Promise<unknown>> = {
    push: ({ customer, minute }) => world.push(customer, at(minute), minute),
    // What a file tells became known when it was written, however old it is.
    file: ({ customer, minute }, time) => world.put(`orders/${time}.csv`, orders([customer, at(minute), time, minute])),
    run: (_, end) => world.run({ end }),
  };
  for (const [i, step] of steps.entries()) {
    await acts[step.kind](step, at(1_000 + i));
    if (step.kind !== 'run') newest.set(step.customer, Math.max(step.minute, newest.get(step.customer) ?? -1));
  }
  return newest;
};

describe('an older value never wins', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('push', 'file', 'run'),
    customer: fc.constantFrom('A', 'B'),
    minute: fc.integer({ min: 0, max: 50 }),
  });

  it('whatever the order of files, pushes and materializations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const world = await materializeWorld([someSourceView('buying')]);
        await world.put('orders/0.csv', orders(['Z', at(0), at(0), 0]));
        const newest = await play(world, [...steps, { kind: 'run', customer: 'A', minute: 0 }]);
        for (const [customer, minute] of newest) expect(await world.amount(customer)).toBe(minute);
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
