import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OnlineRequest } from '#contracts/feature-requests.ts';
import { onlineKey } from '#contracts/online.ts';
import { pushFeatures, readFeatures, readOnline } from '#core/features/index.ts';
import { NOW, type OnlineWorld, onlineWorld, view } from './online-world.ts';

const hoursAgo = (hours: number): string => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();
const read = ({ deps }: OnlineWorld, request: object) => readOnline(deps, OnlineRequest.parse(request));

const filled = async (): Promise<OnlineWorld> => {
  const world = await onlineWorld();
  await pushFeatures(world.deps, {
    pushSource: 'profile',
    to: 'online',
    columns: {
      user_id: ['U1', 'U2'],
      age: [31, null],
      city: ['Bern', 'Zürich'],
      is_premium: [true, false],
      joined_at: ['2026-01-01T00:00:00+01:00', 0.5],
      event_timestamp: [hoursAgo(30), hoursAgo(5)],
    },
  });
  await pushFeatures(world.deps, {
    pushSource: 'events',
    to: 'online',
    columns: {
      user_id: ['U1', 'U2'],
      merchant_id: [7, 7],
      calls: [3, 4.5],
      amount: [10, 20],
      event_timestamp: [hoursAgo(30), hoursAgo(24)],
    },
  });
  return world;
};

describe('keys of entities', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('#', '/', '+', '["a","b"]', 'a","b', '1', 'ü', '😀', ''));

  it('are told apart whatever they hold, and do not depend on the order of their columns', () => {
    const key = fc.record({ b: part, a: part });
    fc.assert(
      fc.property(key, key, (one, other) => {
        const isSame = one.a === other.a && one.b === other.b;
        expect(onlineKey('p', one) === onlineKey('p', { a: other.a, b: other.b })).toBe(isSame);
        expect(onlineKey('p', { a: one.a })).not.toBe(onlineKey('p', other));
        expect(onlineKey('p', { a: one.a }) === onlineKey('p', { a: other.a })).toBe(one.a === other.a);
      }),
    );
  });

  it('are one for a number and its text', () => {
    expect(onlineKey('p', { a: 7 })).toBe(onlineKey('p', { a: '7' }));
  });
});

describe('readOnline', () => {
  it('takes a view that is called as what every object has', async () => {
    const world = await onlineWorld([view('constructor', [{ name: 'calls2', type: 'number' }])]);
    const columns = { user_id: ['U1'], age: [1], city: [null], is_premium: [null], joined_at: [null] };
    await pushFeatures(world.deps, {
      pushSource: 'profile',
      to: 'online',
      columns: { ...columns, event_timestamp: [NOW] },
    });
    const reply = await read(world, { features: ['constructor'], entities: { user_id: ['U1'] } });
    expect(reply.columns[0]?.statuses).toEqual(['NOT_FOUND']);
  });

  it('answers columns in the order of asking, with values, statuses and times', async () => {
    const world = await filled();
    const reply = await read(world, {
      features: ['usage:calls', 'profile:age', 'profile__is_premium', 'profile:joined_at'],
      entities: { user_id: ['U2', 'U1', 'U3', null] },
    });
    expect(reply.featureNames).toEqual(['calls', 'age', 'is_premium', 'joined_at']);
    const [calls, age, premium, joined] = reply.columns;
    // A value of exactly a ttl ago still holds; what is older is told apart and not given.
    expect(calls).toEqual({
      values: [4.5, null, null, null],
      statuses: ['PRESENT', 'OUTSIDE_MAX_AGE', 'NOT_FOUND', 'NOT_FOUND'],
      eventTimes: [hoursAgo(24), hoursAgo(30), null, null],
    });
    expect(age).toMatchObject({
      values: [null, 31, null, null],
      statuses: ['NULL_VALUE', 'PRESENT', 'NOT_FOUND', 'NOT_FOUND'],
    });
    expect(premium?.values).toEqual([false, true, null, null]);
    expect(joined?.values).toEqual([0.5, Date.parse('2025-12-31T23:00:00Z') / 1_000, null, null]);
  });

  it('reads a key once, whatever the views and rows that share it', async () => {
    const world = await filled();
    await read(world, {
      featureService: 'scoring',
      entities: { user_id: ['U1', 'U2', 'U1'] },
      fullFeatureNames: true,
    });
    expect(world.state.reads).toEqual([['fraud/user_id#U1', 'fraud/user_id#U2']]);
  });

  it('reads composite keys beside simple ones in one call', async () => {
    const world = await filled();
    const reply = await read(world, {
      features: ['spend', 'profile:city'],
      entities: { user_id: ['U1', 'U2'], merchant_id: [7, 8] },
    });
    expect(reply.columns.map(({ values }) => values)).toEqual([
      [10, null],
      ['Bern', 'Zürich'],
    ]);
    expect(world.state.reads).toHaveLength(1);
  });

  it('computes on-demand features from fields of the request and stored ones, a missing one being null', async () => {
    const world = await filled();
    const reply = await read(world, {
      features: ['ratios:is_high', 'ratios:per_call', 'profile:city'],
      entities: { user_id: ['U2', 'U2', 'U1', 'U3'], amount: [90, 9, 1, null] },
    });
    expect(reply.featureNames).toEqual(['is_high', 'per_call', 'city']);
    const [isHigh, perCall] = reply.columns;
    expect(perCall).toEqual({
      values: [20, 2, null, null],
      statuses: ['PRESENT', 'PRESENT', 'NULL_VALUE', 'NULL_VALUE'],
      eventTimes: [null, null, null, null],
    });
    expect(isHigh?.values).toEqual([true, false, null, null]);
    const without = read(world, { features: ['ratios'], entities: { user_id: ['U2'] } });
    await expect(without).rejects.toMatchObject({ code: 'FIELD_MISSING' });
    const below = read(world, { features: ['ratios'], entities: { user_id: ['U2'], amount: [-1] } });
    await expect(below).rejects.toMatchObject({ code: 'FIELD_OUT_OF_RANGE' });
  });

  it('counts look-ups that found a value which holds', async () => {
    const world = await filled();
    await read(world, { featureService: 'scoring', entities: { user_id: ['U1', 'U2', 'U9'] } });
    expect(world.counts).toEqual([
      { project: 'fraud', view: 'usage', lookups: 3, found: 1 },
      { project: 'fraud', view: 'profile', lookups: 3, found: 2 },
    ]);
  });

  it('looks definitions up once in a while, and again where it failed', async () => {
    const world = await onlineWorld();
    const request = { features: ['profile:age'], entities: { user_id: ['U1'] } };
    await read(world, request);
    const looked = world.state.looked;
    await read(world, request);
    expect(world.state.looked).toBe(looked);
    world.state.now = new Date(Date.parse(NOW) + 10_000).toISOString();
    await read(world, request);
    expect(world.state.looked).toBeGreaterThan(looked);
    const other = { features: ['later:x'], entities: { user_id: ['U1'] } };
    await expect(read(world, other)).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
    await world.deps.catalog.save(view('later', [{ name: 'x', type: 'number' }]));
    expect((await read(world, other)).featureNames).toEqual(['x']);
  });

  it.each([
    [{ features: ['profile'], entities: { usr: ['U1'] } }, 'FIELD_UNKNOWN'],
    [{ features: ['spend'], entities: { user_id: ['U1'] } }, 'FIELD_MISSING'],
    [{ features: ['spend'], entities: { user_id: ['U1'], merchant_id: [] } }, 'INVALID_REQUEST'],
    [{ features: ['profile:agee'], entities: { user_id: ['U1'] } }, 'FEATURE_NOT_FOUND'],
    [{ featureService: 'none', entities: { user_id: ['U1'] } }, 'SERVICE_NOT_FOUND'],
  ])('refuses %j with %s', async (request, code) => {
    await expect(read(await filled(), request)).rejects.toMatchObject({ code });
  });

  it('gives what was pushed last by event time, whatever was pushed in which order', async () => {
    const push = fc.record({ hours: fc.integer({ min: 0, max: 23 }), calls: fc.integer() });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(push, { selector: ({ hours }) => hours, minLength: 1 }), async (pushes) => {
        const world = await onlineWorld();
        for (const { hours, calls } of pushes)
          await pushFeatures(world.deps, {
            pushSource: 'events',
            to: 'online',
            columns: {
              user_id: ['U'],
              merchant_id: [1],
              calls: [calls],
              amount: [0],
              event_timestamp: [hoursAgo(hours)],
            },
          });
        const newest = [...pushes].sort((a, b) => a.hours - b.hours)[0]!;
        const reply = await read(world, { features: ['usage:calls'], entities: { user_id: ['U'] } });
        expect(reply.columns[0]).toEqual({
          values: [newest.calls],
          statuses: ['PRESENT'],
          eventTimes: [hoursAgo(newest.hours)],
        });
      }),
    );
  });
});

describe('readFeatures', () => {
  it('gives one entity’s features by name, null where one is missing or too old', async () => {
    const { deps } = await filled();
    expect(await readFeatures(deps, { entityId: 'U1', featureViews: 'profile:city, usage' })).toEqual({
      entityId: 'U1',
      features: { city: 'Bern', calls: null },
    });
  });

  it('says so when nothing of it holds, and when one id is no key', async () => {
    const { deps } = await filled();
    const asking = (entityId: string, featureViews: string) => readFeatures(deps, { entityId, featureViews });
    await expect(asking('U9', 'profile')).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(asking('U1', 'usage')).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(asking('U1', 'spend')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('names features by their views where two share a name', async () => {
    const { deps } = await onlineWorld([view('billing', [{ name: 'city', type: 'string' }])]);
    await pushFeatures(deps, {
      pushSource: 'billing',
      to: 'online',
      columns: { user_id: ['U1'], city: ['Basel'], event_timestamp: [NOW] },
    });
    const { features } = await readFeatures(deps, { entityId: 'U1', featureViews: 'billing,profile:city' });
    expect(features).toEqual({ billing__city: 'Basel', profile__city: null });
  });
});
