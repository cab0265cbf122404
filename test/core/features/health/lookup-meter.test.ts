import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LookupCounts, lookupMeter } from '#core/features/index.ts';

const count = (view: string, lookups: number, found: number): LookupCounts => ({ project: 'p1', view, lookups, found });

const world = () => {
  let nowMs = 0;
  const puts: { counts: readonly LookupCounts[]; at: Date }[] = [];
  const clock = { now: () => new Date(nowMs) };
  const metrics = { put: async (counts: readonly LookupCounts[], at: Date) => void puts.push({ counts, at }) };
  const pass = (seconds: number): void => {
    nowMs += seconds * 1_000;
  };
  return { puts, clock, metrics, pass };
};

describe('lookupMeter', () => {
  it('puts sums by view with the first count after its time', async () => {
    const { puts, pass, ...deps } = world();
    const meter = lookupMeter(deps, 30);
    await meter.count([count('a', 2, 1)]);
    pass(29);
    await meter.count([count('a', 3, 3), count('b', 1, 0)]);
    expect(puts).toEqual([]);
    pass(1);
    await meter.count([count('a', 1, 0)]);
    expect(puts).toEqual([{ counts: [count('a', 6, 4), count('b', 1, 0)], at: new Date(30_000) }]);
  });

  it('never fails its caller, and goes on counting', async () => {
    const { pass, puts, ...deps } = world();
    let isDown = true;
    const put = async (counts: readonly LookupCounts[], at: Date) => {
      if (isDown) throw new Error('throttled');
      puts.push({ counts, at });
    };
    const meter = lookupMeter({ ...deps, metrics: { put } }, 30);
    pass(30);
    await meter.count([count('a', 1, 1)]);
    isDown = false;
    pass(30);
    await meter.count([count('a', 2, 1)]);
    expect(puts.map(({ counts }) => counts)).toEqual([[count('a', 2, 1)]]);
  });

  it('counts each look-up once, however the counts fall', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(9), fc.nat(40)), { maxLength: 20 }),
        async (steps) => {
          const { puts, pass, ...deps } = world();
          const meter = lookupMeter(deps, 30);
          for (const [view, lookups, seconds] of steps) {
            pass(seconds);
            await meter.count([count(view, lookups, 0)]);
          }
          pass(30);
          await meter.count([]);
          const all = puts.flatMap(({ counts }) => counts).reduce((sum, one) => sum + one.lookups, 0);
          expect(all).toBe(steps.reduce((sum, [, lookups]) => sum + lookups, 0));
        },
      ),
    ));
});
