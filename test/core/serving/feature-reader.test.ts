import { describe, expect, it } from '@jest/globals';
import type { OnlineItem, OnlineView } from '#contracts/online.ts';
import { Breaker, type FeatureReaderDeps, featureReader } from '#core/serving/index.ts';

const view = (day: number, values: OnlineView['values'], expiresAt?: number): OnlineView => {
  const eventTime = new Date(Date.UTC(2026, 0, day)).toISOString();
  return { values, eventTime, createdTime: eventTime, ...(expiresAt !== undefined && { expiresAt }) };
};
const item = (pk: string, tenure: number, expiresAt = 2_000): OnlineItem => ({
  pk,
  views: { profile: view(1, { tenure }, expiresAt) },
});

const world = (options: Partial<FeatureReaderDeps> = {}) => {
  const items = new Map([item('a', 1), item('b', 2)].map((one) => [one.pk, one]));
  const state = { nowMs: 1_000_000, asked: [] as string[][], seconds: [] as number[], isAway: false };
  const find = featureReader({
    lookup: {
      read: async (keys) => {
        state.asked.push([...keys]);
        if (state.isAway) throw new Error('away');
        return new Map(keys.flatMap((key) => (items.has(key) ? [[key, items.get(key)!]] : [])));
      },
    },
    clock: { now: () => new Date(state.nowMs) },
    stopwatch: { ms: () => state.nowMs },
    telemetry: { featuresRead: (seconds) => state.seconds.push(seconds) },
    afterThisTurn: setImmediate,
    ...options,
  });
  return { items, state, find };
};

describe('reading stored features', () => {
  it('asks once for the keys of one turn, a key that is asked twice included', async () => {
    const { state, find } = world();
    const found = await Promise.all(['a', 'b', 'a', 'nobody'].map((key) => find(key)));
    expect(found).toEqual([{ tenure: 1 }, { tenure: 2 }, { tenure: 1 }, undefined]);
    expect(state.asked).toEqual([['a', 'b', 'nobody']]);
    expect(state.seconds).toHaveLength(1);
  });

  it('remembers for a second and no longer', async () => {
    const { items, state, find } = world();
    await find('a');
    items.set('a', item('a', 9));
    state.nowMs += 999;
    expect(await find('a')).toEqual({ tenure: 1 });
    state.nowMs += 1;
    expect(await find('a')).toEqual({ tenure: 9 });
  });

  it('remembers no more than it may', async () => {
    const { state, find } = world({ remembered: 2 });
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await find(key);
    expect(state.asked.flat()).toEqual(['a', 'b', 'c', 'a']);
  });

  it('can be told to remember nothing', async () => {
    const { state, find } = world({ freshMs: 0 });
    await find('a');
    await find('a');
    expect(state.asked).toHaveLength(2);
  });

  it('does not serve an item that has expired, not even one it remembers', async () => {
    const { items, state, find } = world();
    items.set('a', item('a', 1, 1_001));
    state.nowMs = 1_000_500;
    expect(await find('a')).toEqual({ tenure: 1 });
    state.nowMs = 1_001_000;
    expect(await find('a')).toEqual({ tenure: 1 });
    state.nowMs = 1_001_001;
    expect(await find('a')).toBeUndefined();
  });

  it('merges the views that hold, the newer one winning where two name a feature', async () => {
    const { items, find } = world();
    const views = {
      billing: view(3, { amount: 2, plan: 'new' }),
      gone: view(9, { amount: 7, only: 1 }, 999),
      usage: view(2, { amount: 1, calls: 5 }, 2_000),
    };
    items.set('merged', { pk: 'merged', views });
    expect(await find('merged')).toEqual({ amount: 2, plan: 'new', calls: 5 });
  });

  it('takes the views that the model was trained on, and no other of the entity', async () => {
    const { items, find } = world();
    const views = { profile: view(1, { age: 30 }), stranger: view(9, { age: -1, more: 1 }) };
    items.set('two', { pk: 'two', views });
    expect(await find('two', ['profile', 'usage'])).toEqual({ age: 30 });
    expect(await find('two', ['usage'])).toBeUndefined();
    expect(await find('two')).toEqual({ age: -1, more: 1 });
  });

  it('says UNAVAILABLE while the store is away, and asks again afterwards', async () => {
    const { state, find } = world();
    state.isAway = true;
    await expect(find('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    state.isAway = false;
    expect(await find('a')).toEqual({ tenure: 1 });
  });
});

describe('while the store is away', () => {
  const away = async (options: Partial<FeatureReaderDeps> = {}) => {
    const stale = { count: 0 };
    const count = (): void => {
      stale.count += 1;
    };
    const made = world({ stale: count, ...options });
    await made.find('a');
    made.state.isAway = true;
    made.state.nowMs += 1_000;
    return { ...made, stale };
  };

  it('what is known and has not expired is told though it is old, and counted', async () => {
    const { state, find, stale } = await away();
    expect(await find('a')).toEqual({ tenure: 1 });
    expect(stale.count).toBe(1);
    await expect(find('b')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    state.isAway = false;
    expect(await find('a')).toEqual({ tenure: 1 });
    expect(stale.count).toBe(1);
  });

  it('for ten minutes and no longer', async () => {
    const { state, find } = await away();
    state.nowMs = 1_000_000 + 600_000;
    expect(await find('a')).toEqual({ tenure: 1 });
    state.nowMs += 1;
    await expect(find('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('what expired since is no missing entity', async () => {
    const { state, find } = await away();
    state.nowMs = 2_000_001;
    await expect(find('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('an entity that was not stored is not known to be none', async () => {
    const { state, find } = world();
    expect(await find('nobody')).toBeUndefined();
    state.isAway = true;
    state.nowMs += 1_000;
    await expect(find('nobody')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('it is not asked again and again, and old features are told all the same', async () => {
    let nowMs = 1_000_000;
    const stopwatch = { ms: () => nowMs };
    const breaker = new Breaker({ name: 'the store', stopwatch, random: () => 0.5 });
    const { state, find } = await away({ breaker, stopwatch, clock: { now: () => new Date(nowMs) } });
    nowMs += 1_000;
    for (let n = 0; n < 20; n += 1) expect(await find('a')).toEqual({ tenure: 1 });
    expect(state.asked).toHaveLength(1 + 5);
    await expect(find('b')).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterSeconds: 1 } });
  });

  it('known missing values stay so', async () => {
    const { items, state, find } = world();
    items.set('n', { pk: 'n', views: { profile: view(1, { tenure: null, plan: 'x' }) } });
    expect(await find('n')).toEqual({ tenure: null, plan: 'x' });
    state.isAway = true;
    state.nowMs += 1_000;
    expect(await find('n')).toEqual({ tenure: null, plan: 'x' });
  });
});
