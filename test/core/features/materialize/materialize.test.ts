import { describe, expect, it } from '@jest/globals';
import { appendOffline } from '#core/features/index.ts';
import { materializeWorld, orders, someSourceView } from './_world.ts';

const day = (n: number): string => `2026-02-${String(n).padStart(2, '0')}T00:00:00Z`;
const buying = () => materializeWorld([someSourceView('buying')]);

describe('a materialization', () => {
  it('brings the newest row of every key online: by event, then by when it became known', async () => {
    const world = await buying();
    await world.put(
      'orders/1.csv',
      orders(['A', day(1), day(1), 1], ['A', day(3), day(3), 3], ['A', day(3), day(4), 4], ['B', day(2), day(9), 2]),
    );
    const { done } = await world.run();
    expect(done).toMatchObject({ rows: 2, entities: 2, written: 2, skippedOlder: 0, expired: 0, views: ['buying'] });
    expect((await world.read('A'))?.buying).toEqual({
      values: { amount: 4 },
      eventTime: '2026-02-03T00:00:00.000Z',
      createdTime: '2026-02-04T00:00:00.000Z',
    });
    expect(await world.amount('B')).toBe(2);
  });

  it('chooses between rows that agree in both times as a join does: a missing value loses', async () => {
    const world = await buying();
    await world.put(
      'orders/1.csv',
      orders(['A', day(1), day(1), ''], ['A', day(1), day(1), 3], ['A', day(1), day(1), 2]),
    );
    await world.run();
    expect(await world.amount('A')).toBe(3);
  });

  it('goes on from the watermark: what came since, and late rows that became known since', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1], ['B', day(1), day(1), 1]));
    await world.run({ end: day(10) });
    expect(await world.deps.watermarks.get('shop', 'buying')).toBe('2026-02-10T00:00:00.000Z');
    await world.put('orders/2.csv', orders(['A', day(12), day(12), 12], ['C', day(5), day(11), 5]));
    const { done } = await world.run({ end: day(20) });
    expect(done).toMatchObject({ rows: 2, written: 2 });
    expect([await world.amount('A'), await world.amount('B'), await world.amount('C')]).toEqual([12, 1, 5]);
    expect((await world.run({ end: day(21) })).done.rows).toBe(0);
  });

  it('leaves rows after the end for later, and takes nothing from before a given start', async () => {
    const world = await buying();
    await world.put(
      'orders/1.csv',
      orders(['A', day(1), day(1), 1], ['B', day(10), day(10), 2], ['C', day(20), day(20), 3]),
    );
    await world.run({ start: day(5), end: day(15) });
    expect([await world.amount('A'), await world.amount('B'), await world.amount('C')]).toEqual([
      undefined,
      2,
      undefined,
    ]);
  });

  it('never moves a watermark over a gap, nor back', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1], ['B', day(10), day(10), 2]));
    await world.run({ end: day(5) });
    await world.run({ start: day(8), end: day(12) });
    expect(await world.deps.watermarks.get('shop', 'buying')).toBe('2026-02-05T00:00:00.000Z');
    await world.run({ start: day(4), end: day(12) });
    await world.run({ start: day(1), end: day(2) });
    expect(await world.deps.watermarks.get('shop', 'buying')).toBe('2026-02-12T00:00:00.000Z');
  });

  it('writes no row that is out of its ttl; 0 holds for ever', async () => {
    const views = [someSourceView('brief', { ttlDays: 3 }), someSourceView('eternal', { ttlDays: 0 })];
    const world = await materializeWorld(views);
    await world.put(
      'orders/1.csv',
      orders(['A', day(1), day(1), 1], ['B', day(26), day(26), 2], ['C', day(27), day(27), 3]),
    );
    const { done } = await world.run({ end: '2026-03-01T00:00:00Z' });
    // B is alive at the end of the range and dead by the clock.
    expect(done).toMatchObject({ rows: 5, written: 4, expired: 1, entities: 3 });
    expect(await world.read('A')).toEqual({ eternal: expect.not.objectContaining({ expiresAt: expect.anything() }) });
    expect(Object.keys((await world.read('B')) ?? {})).toEqual(['eternal']);
    expect((await world.read('C'))?.brief?.expiresAt).toBe(Date.parse('2026-03-02T00:00:00Z') / 1_000);
  });

  it('holds every type as JSON has it, with what is missing as null', async () => {
    const features = [
      { name: 'amount', type: 'number' },
      { name: 'pieces', type: 'integer' },
      { name: 'gift', type: 'boolean' },
      { name: 'note', type: 'string' },
      { name: 'paid_at', type: 'timestamp' },
    ] as never;
    const world = await materializeWorld([someSourceView('buying', { features })]);
    const head = 'customer_id,ordered_at,seen_at,amount,pieces,gift,note,paid_at';
    const rows = [
      '007,2026-02-01,2026-02-01,0.1,9007199254740991,true,"say ""ü""",2026-02-01 00:00:00.5',
      '008,2026-02-01,2026-02-01,,,,,',
    ];
    await world.put('orders/1.csv', [head, ...rows].join('\n'));
    await world.run();
    expect((await world.read('007'))?.buying?.values).toEqual({
      amount: 0.1,
      pieces: 9_007_199_254_740_991,
      gift: true,
      note: 'say "ü"',
      paid_at: Date.parse('2026-02-01T00:00:00.500Z') / 1_000,
    });
    const none = { amount: null, pieces: null, gift: null, note: null, paid_at: null };
    expect((await world.read('008'))?.buying?.values).toEqual(none);
  });

  it('keys composite entities, and numbers, as requests do', async () => {
    const version = {
      ...someSourceView('buying'),
      entities: [
        { name: 'customer', joinKey: 'customer_id', type: 'number' as const },
        { name: 'branch', joinKey: 'branch', type: 'string' as const },
      ],
    };
    const world = await materializeWorld([version]);
    await world.put('orders/1.csv', 'customer_id,branch,ordered_at,seen_at,amount\n7,north,2026-02-01,2026-02-01,1\n');
    await world.run();
    expect((await world.read({ branch: 'north', customer_id: 7 }))?.buying?.values).toEqual({ amount: 1 });
  });

  it('reads pushed rows beside the source', async () => {
    const version = someSourceView('buying');
    const world = await materializeWorld([version]);
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1], ['B', day(9), day(9), 2]));
    const pushed = { event: new Date(day(5)), created: new Date(day(5)) };
    const rows = ['A', 'B'].map((customer_id) => ({ key: { customer_id }, values: { amount: 50 }, ...pushed }));
    await appendOffline(world.deps, version, rows);
    await appendOffline(world.deps, version, rows);
    await appendOffline(world.deps, version, []);
    expect(await world.deps.objects.list('projects/shop/datasets/pushed/buying/')).toHaveLength(1);
    await world.run();
    expect([await world.amount('A'), await world.amount('B')]).toEqual([50, 2]);
  });

  it('tells of its end on the bus and in metrics', async () => {
    const world = await buying();
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1]));
    await world.run({ end: day(10) });
    const detail = { project: 'shop', views: ['buying'], until: '2026-02-10T00:00:00.000Z', rows: 1, written: 1 };
    expect(world.published).toEqual([
      ['FeaturesMaterialized', detail],
      ['metrics', 1],
    ]);
  });

  it('of a project without online views ends with nothing done', async () => {
    const world = await materializeWorld([someSourceView('buying', { online: false })]);
    expect((await world.run()).done).toMatchObject({ views: [], rows: 0, shards: 0, written: 0 });
  });

  it.each([
    ['VIEW_NOT_FOUND', { featureViews: ['byuing'] }, /did you mean "buying"/],
    ['INVALID_REQUEST', { featureViews: ['offline'] }, /is not online/],
    ['INVALID_REQUEST', { start: day(5), end: day(5) }, /is not before end/],
    ['INVALID_REQUEST', { end: 'yesterday' }, /is no time/],
    ['TIMESTAMP_WITHOUT_ZONE', { end: '2026-02-01T00:00:00' }, /names no zone/],
  ])('refuses with %s: %o', async (code, request, message) => {
    const world = await materializeWorld([someSourceView('buying'), someSourceView('offline', { online: false })]);
    await world.put('orders/1.csv', orders(['A', day(1), day(1), 1]));
    await expect(world.run(request)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
