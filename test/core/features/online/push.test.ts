import { describe, expect, it } from '@jest/globals';
import { onlineKey } from '#contracts/online.ts';
import { type Columns, pushFeatures, writeOnline } from '#core/features/index.ts';
import { NOW, type OnlineWorld, onlineWorld, view } from './online-world.ts';

const good = {
  user_id: ['U1'],
  merchant_id: [7],
  calls: [3],
  amount: [1.5],
  event_timestamp: ['2026-03-01T10:00:00Z'],
};
const push = (
  { deps }: OnlineWorld,
  columns: Columns = good,
  to: 'online' | 'offline' | 'online_and_offline' = 'online',
) => pushFeatures(deps, { pushSource: 'events', columns, to });
const itemOf = async ({ deps }: OnlineWorld, key: Record<string, string>) => {
  const pk = onlineKey('fraud', key);
  return (await deps.online.read([pk])).get(pk);
};

describe('pushFeatures', () => {
  it('writes every view of the source, each under its own key and for its own time', async () => {
    const world = await onlineWorld();
    expect(await push(world)).toEqual({ rows: 1, written: 2, skippedOlder: 0, expired: 0, views: ['spend', 'usage'] });
    const times = { eventTime: '2026-03-01T10:00:00.000Z', createdTime: NOW };
    expect((await itemOf(world, { user_id: 'U1' }))?.views).toEqual({
      usage: { ...times, values: { calls: 3 }, expiresAt: Date.parse('2026-03-02T10:00:00Z') / 1_000 },
    });
    expect((await itemOf(world, { merchant_id: '7', user_id: 'U1' }))?.views).toEqual({
      spend: { ...times, values: { amount: 1.5 } },
    });
  });

  it('leaves newer values alone, and takes the same push again', async () => {
    const world = await onlineWorld();
    const stamped = { ...good, created_timestamp: ['2026-03-01T10:00:01Z'] };
    await push(world, stamped);
    expect(await push(world, stamped)).toMatchObject({ written: 2, skippedOlder: 0 });
    const older = { ...stamped, calls: [99], event_timestamp: ['2026-03-01T09:00:00Z'] };
    expect(await push(world, older)).toMatchObject({ written: 0, skippedOlder: 2 });
    const earlierKnown = { ...stamped, calls: [99], created_timestamp: ['2026-03-01T10:00:00Z'] };
    expect(await push(world, earlierKnown)).toMatchObject({ written: 0, skippedOlder: 2 });
    expect((await itemOf(world, { user_id: 'U1' }))?.views.usage?.values).toEqual({ calls: 3 });
  });

  it('keeps keys of 64 bits apart', async () => {
    const world = await onlineWorld();
    const ids = [9_007_199_254_740_993n, 9_007_199_254_740_992n];
    await push(world, {
      user_id: ids,
      merchant_id: [1, 1],
      calls: [1, 2],
      amount: [0, 0],
      event_timestamp: [NOW, NOW],
    });
    expect((await itemOf(world, { user_id: '9007199254740993' }))?.views.usage?.values).toEqual({ calls: 1 });
  });

  it('keeps rows for the offline store, alone or as well', async () => {
    const world = await onlineWorld();
    expect(await push(world, good, 'offline')).toMatchObject({ rows: 1, written: 0 });
    expect(await itemOf(world, { user_id: 'U1' })).toBeUndefined();
    const [{ key } = { key: '' }] = await world.objects.list('projects/fraud/datasets/pushed/usage/');
    const line = JSON.parse(new TextDecoder().decode(await world.objects.get(key)));
    expect(line).toEqual({
      user_id: 'U1',
      calls: 3,
      event_timestamp: '2026-03-01T10:00:00.000Z',
      created_timestamp: NOW,
    });
    await push(world, good, 'online_and_offline');
    expect(await itemOf(world, { user_id: 'U1' })).toBeDefined();
    expect(await world.objects.list('projects/fraud/datasets/pushed/spend/')).toHaveLength(1);
  });

  it.each<[string, Columns, string, string]>([
    ['a time without a zone', { ...good, event_timestamp: ['2026-03-01T10:00:00'] }, 'TIMESTAMP_WITHOUT_ZONE', 'zone'],
    ['no time', { ...good, event_timestamp: [null] }, 'FIELD_TYPE_WRONG', 'event_timestamp'],
    [
      'milliseconds for seconds',
      { ...good, event_timestamp: [Date.parse(NOW)] },
      'FIELD_TYPE_WRONG',
      'years 1 to 9999',
    ],
    ['a created time of no year', { ...good, created_timestamp: [1e12] }, 'FIELD_TYPE_WRONG', 'created_timestamp'],
    ['no time column', { ...good, event_timestamp: undefined as never }, 'FIELD_MISSING', 'event_timestamp'],
    ['a missing feature', { ...good, calls: undefined as never }, 'FIELD_MISSING', 'calls'],
    ['another type', { ...good, calls: ['three'] }, 'FIELD_TYPE_WRONG', 'row 1'],
    ['a key that is missing', { ...good, user_id: [null] }, 'FIELD_TYPE_WRONG', 'join key'],
    ['an empty key', { ...good, user_id: [''] }, 'FIELD_TYPE_WRONG', 'join key'],
    ['a truth value for a key', { ...good, user_id: [true] }, 'FIELD_TYPE_WRONG', 'join key'],
    ['a key that a double may mistake', { ...good, user_id: [2 ** 53] }, 'FIELD_TYPE_WRONG', 'join key'],
    ['a column of no view', { ...good, cals: [1] }, 'FIELD_UNKNOWN', 'did you mean "calls"'],
    ['columns of other lengths', { ...good, calls: [1, 2] }, 'INVALID_REQUEST', 'calls'],
  ])('refuses %s, and writes nothing', async (_, columns, code, words) => {
    const world = await onlineWorld();
    const given = Object.fromEntries(Object.entries(columns).filter(([, values]) => values !== undefined));
    await expect(push(world, given)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await itemOf(world, { user_id: 'U1' })).toBeUndefined();
  });

  it.each(['one', '', 1.5, '1.5', ' 1', true, '9223372036854775808', 2 ** 53])(
    'refuses %j for a key of numbers, to both stores',
    async (merchant) => {
      const world = await onlineWorld();
      const two = Object.fromEntries(Object.entries(good).map(([name, [value = 0]]) => [name, [value, value]]));
      for (const to of ['online', 'offline'] as const)
        await expect(push(world, { ...two, merchant_id: [7, merchant] }, to)).rejects.toMatchObject({
          code: 'FIELD_TYPE_WRONG',
          details: {
            field: 'merchant_id',
            row: 2,
            value: JSON.stringify(merchant),
            allowed: expect.stringContaining('whole number'),
          },
        });
      expect(await world.objects.list('projects/fraud/datasets/pushed/')).toEqual([]);
      expect(await itemOf(world, { user_id: 'U1' })).toBeUndefined();
    },
  );

  it('keeps a key under one name however it is written', async () => {
    const world = await onlineWorld();
    await push(world, { ...good, user_id: [42], merchant_id: ['007'] });
    expect((await itemOf(world, { user_id: '42', merchant_id: '7' }))?.views.spend?.values).toEqual({ amount: 1.5 });
  });

  it.each<[string | number, string]>([
    [99_999_999_999_999, 'FIELD_TYPE_WRONG'],
    ['0000-12-31T00:00:00Z', 'FIELD_TYPE_WRONG'],
    ['2026-02-30T00:00:00Z', 'FIELD_TYPE_WRONG'],
    ['soon', 'FIELD_TYPE_WRONG'],
    ['2026-02-28T00:00:00', 'TIMESTAMP_WITHOUT_ZONE'],
  ])('refuses %j as the time of a feature and of a row: %s', async (time, code) => {
    const world = await onlineWorld();
    const row = { user_id: ['U1'], age: [1], city: [null], is_premium: [true], joined_at: [0], event_timestamp: [NOW] };
    for (const name of ['joined_at', 'event_timestamp']) {
      const columns: Columns = { ...row, [name]: [time] };
      const pushing = pushFeatures(world.deps, { pushSource: 'profile', columns, to: 'online_and_offline' });
      await expect(pushing).rejects.toMatchObject({ code, details: { field: name } });
    }
    expect(await world.objects.list('projects/fraud/datasets/pushed/')).toEqual([]);
  });

  it('counts the rows that are older than the ttl of their view', async () => {
    const world = await onlineWorld();
    const columns = {
      ...Object.fromEntries(Object.entries(good).map(([name, [value = 0]]) => [name, [value, value]])),
      event_timestamp: ['2026-02-28T12:00:00Z', '2026-02-28T11:59:59.999Z'],
    };
    expect(await push(world, columns)).toMatchObject({ rows: 2, expired: 1 });
    expect(await push(world, columns, 'offline')).toMatchObject({ rows: 2, expired: 1 });
  });

  it('holds rows to the contract of the view, naming the row', async () => {
    const world = await onlineWorld();
    const columns = {
      user_id: ['U1', 'U2'],
      age: [3, -1],
      city: [null, null],
      is_premium: [1, 0],
      joined_at: [null, null],
      event_timestamp: [NOW, NOW],
    };
    const pushing = (given: Columns) =>
      pushFeatures(world.deps, { pushSource: 'profile', columns: given, to: 'online' });
    await expect(pushing(columns)).rejects.toMatchObject({
      code: 'FIELD_OUT_OF_RANGE',
      message: expect.stringContaining('row 2: age'),
    });
    await pushing({ ...columns, age: [3, Number.NaN] });
    expect((await itemOf(world, { user_id: 'U1' }))?.views.profile?.values).toMatchObject({ is_premium: true });
    expect((await itemOf(world, { user_id: 'U2' }))?.views.profile?.values).toMatchObject({ age: null });
  });

  it('names the sources there are, and the projects that share one', async () => {
    const world = await onlineWorld([
      view('usage', [{ name: 'calls', type: 'number' }], { pushSource: 'events' }, 'other'),
    ]);
    const asking = (pushSource: string) => pushFeatures(world.deps, { pushSource, columns: good, to: 'online' });
    await expect(asking('evnts')).rejects.toMatchObject({
      code: 'PUSH_SOURCE_NOT_FOUND',
      message: expect.stringContaining('did you mean "events"'),
    });
    await expect(asking('events')).rejects.toMatchObject({ code: 'VIEW_AMBIGUOUS' });
    const named = pushFeatures(world.deps, { project: 'fraud', pushSource: 'events', columns: good, to: 'online' });
    await expect(named).resolves.toMatchObject({ written: 2 });
  });

  it('looks through the views once in ten seconds, and again when they do not fit the rows', async () => {
    const world = await onlineWorld();
    await push(world);
    const { listed } = world.state;
    await push(world);
    expect(world.state.listed).toBe(listed);
    const more = view(
      'usage',
      [
        { name: 'calls', type: 'number' },
        { name: 'minutes', type: 'number' },
      ],
      { pushSource: 'events' },
    );
    await world.deps.catalog.save({ ...more, version: 2 });
    await push(world, { ...good, minutes: [9] });
    expect((await itemOf(world, { user_id: 'U1' }))?.views.usage?.values).toEqual({ calls: 3, minutes: 9 });
    const before = world.state.listed;
    world.state.now = new Date(Date.parse(NOW) + 10_001).toISOString();
    await push(world, { ...good, minutes: [9] });
    expect(world.state.listed).toBeGreaterThan(before);
  });

  it('refuses to bring online what is not', async () => {
    const world = await onlineWorld();
    const columns = { user_id: ['U1'], old: [1], event_timestamp: [NOW] };
    const pushing = pushFeatures(world.deps, { pushSource: 'archive', columns, to: 'online' });
    await expect(pushing).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    const both = pushFeatures(world.deps, { pushSource: 'archive', columns, to: 'online_and_offline' });
    await expect(both).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await world.objects.list('projects/fraud/datasets/pushed/archive/')).toEqual([]);
    const offline = pushFeatures(world.deps, { pushSource: 'archive', columns, to: 'offline' });
    await expect(offline).resolves.toMatchObject({ rows: 1 });
  });
});

describe('writeOnline', () => {
  it('writes the rows of one view', async () => {
    const world = await onlineWorld();
    const columns = { user_id: ['U1'], calls: [3], event_timestamp: [NOW] };
    expect(await writeOnline(world.deps, { view: 'usage', columns })).toEqual({ written: 1, skippedOlder: 0 });
    const unknown = writeOnline(world.deps, { project: 'fraud', view: 'usge', columns });
    await expect(unknown).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
  });
});
