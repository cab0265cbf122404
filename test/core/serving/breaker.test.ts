import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Breaker } from '#core/serving/index.ts';

const world = (mostFailures?: number) => {
  const state = { nowMs: 0, isAway: false, asked: 0, random: 0.5 };
  const breaker = new Breaker({
    name: 'the store',
    stopwatch: { ms: () => state.nowMs },
    random: () => state.random,
    ...(mostFailures !== undefined && { mostFailures }),
  });
  const ask = () =>
    breaker.ask(async () => {
      state.asked += 1;
      if (state.isAway) throw new Error('away');
      return 'found';
    });
  const askAway = () => ask().catch((error: Error) => error.message);
  return { state, breaker, ask, askAway };
};

describe('a breaker', () => {
  it('lets single failures through and forgets them with the next success', async () => {
    const { state, breaker, ask, askAway } = world();
    for (let round = 0; round < 3; round += 1) {
      state.isAway = true;
      for (let n = 0; n < 4; n += 1) expect(await askAway()).toBe('away');
      state.isAway = false;
      expect(await ask()).toBe('found');
    }
    expect([breaker.isUp(), state.asked]).toEqual([true, 15]);
  });

  it('asks nothing after five failures in a row, and tells when it will', async () => {
    const { state, breaker, ask, askAway } = world();
    state.isAway = true;
    for (let n = 0; n < 5; n += 1) await askAway();
    expect([breaker.isUp(), breaker.mayAsk()]).toEqual([false, false]);
    state.isAway = false;
    await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterSeconds: 1 } });
    expect(state.asked).toBe(5);
  });

  it('tries with one call alone, and is as before when that succeeds', async () => {
    const { state, breaker, ask, askAway } = world(1);
    state.isAway = true;
    await askAway();
    state.isAway = false;
    state.nowMs = 1_000;
    const found = await Promise.allSettled([ask(), ask(), ask()]);
    expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(state.asked).toBe(2);
    expect([breaker.isUp(), await ask()]).toEqual([true, 'found']);
  });

  it('waits longer while its tries fail, two seconds at most, never less than half of that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (random) => {
        const { state, breaker, askAway } = world(1);
        state.random = random;
        state.isAway = true;
        await askAway();
        for (const wholeMs of [1_000, 2_000, 2_000, 2_000, 2_000]) {
          const from = state.nowMs;
          state.nowMs = from + wholeMs / 2 - 1;
          expect(breaker.mayAsk()).toBe(false);
          state.nowMs = from + wholeMs;
          expect(breaker.mayAsk()).toBe(true);
          await askAway();
        }
      }),
    );
  });

  it('takes failures of calls that were under way when it opened for no further try', async () => {
    const { state, breaker, askAway } = world(2);
    state.isAway = true;
    await Promise.all(Array.from({ length: 50 }, askAway));
    state.nowMs = 1_000;
    expect(breaker.mayAsk()).toBe(true);
  });
});
