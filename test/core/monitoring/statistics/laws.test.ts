import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chiSquared } from '#core/monitoring/statistics/chi-squared.ts';
import { kolmogorovSmirnov, ksDistance } from '#core/monitoring/statistics/kolmogorov-smirnov.ts';
import { twoProportions } from '#core/monitoring/statistics/two-proportions.ts';

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const few = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
const counts = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), fc.nat(200))
  .map((o) => new Map(Object.entries(o)));

/** The definition, slowly: the widest gap over every value seen. */
const slowDistance = (a: readonly number[], b: readonly number[]): number => {
  const upTo = (sample: readonly number[], x: number): number => sample.filter((v) => v <= x).length / sample.length;
  return Math.max(...[...a, ...b].map((x) => Math.abs(upTo(a, x) - upTo(b, x))));
};

/** Seeded, so that a failure can be looked at. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

describe('the KS distance', () => {
  it('is the widest gap of the distribution functions', () =>
    fc.assert(
      fc.property(few, few, (a, b) => expect(ksDistance(sorted(a), sorted(b))).toBeCloseTo(slowDistance(a, b), 12)),
    ));

  it('of a sample with itself is 0, also when each row comes twice', () =>
    fc.assert(
      fc.property(few, (a) => {
        expect(ksDistance(sorted(a), sorted(a))).toBe(0);
        expect(ksDistance(sorted(a), sorted([...a, ...a]))).toBeCloseTo(0, 12);
      }),
    ));

  it('is symmetric and lies in [0, 1]', () =>
    fc.assert(
      fc.property(few, few, (a, b) => {
        const distance = ksDistance(sorted(a), sorted(b));
        expect(ksDistance(sorted(b), sorted(a))).toBe(distance);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1);
      }),
    ));

  it('does not change under a monotone map', () =>
    fc.assert(
      fc.property(few, few, (a, b) => {
        const map = (x: number): number => Math.exp(x / 7) + 3 * x;
        expect(ksDistance(sorted(a.map(map)), sorted(b.map(map)))).toBe(ksDistance(sorted(a), sorted(b)));
      }),
    ));

  it('says nothing without rows', () => {
    expect(kolmogorovSmirnov(new Float64Array(), sorted([1]))).toEqual({ statistic: 0, pValue: 1, effect: 0 });
  });
});

describe('every test', () => {
  it('gives a p-value and an effect in [0, 1], and no change for the same sample', () =>
    fc.assert(
      fc.property(few, few, counts, counts, (a, b, x, y) => {
        for (const result of [kolmogorovSmirnov(sorted(a), sorted(b)), chiSquared(x, y)]) {
          expect(result.pValue).toBeGreaterThanOrEqual(0);
          expect(result.pValue).toBeLessThanOrEqual(1);
          expect(result.effect).toBeGreaterThanOrEqual(0);
          expect(result.effect).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(chiSquared(x, x).statistic).toBeCloseTo(0, 12);
      }),
    ));

  // 2,000 draws at level 0.05: the share of alarms has a standard error of 0.005.
  it.each(['ks', 'chi-squared', 'z'] as const)('%s raises false alarms about as often as its level says', (test) => {
    const random = randomFrom(7);
    const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, random).sort();
    const categories = (n: number): Map<string, number> => {
      const seen = new Map<string, number>();
      for (let i = 0; i < n; i++) {
        const name = 'abcde'[Math.floor(random() ** 2 * 5)] ?? 'e';
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
      return seen;
    };
    const proportion = (of: number) => ({
      count: Array.from({ length: of }, random).filter((x) => x < 0.3).length,
      of,
    });
    const draws = {
      ks: () => kolmogorovSmirnov(numbers(400), numbers(150)),
      'chi-squared': () => chiSquared(categories(400), categories(150)),
      z: () => twoProportions(proportion(400), proportion(150)),
    };
    const alarms = Array.from({ length: 2_000 }, () => draws[test]()).filter((r) => r.pValue < 0.05).length;
    expect(alarms / 2_000).toBeGreaterThan(0.03);
    expect(alarms / 2_000).toBeLessThan(0.07);
  });
});

describe('chi-squared', () => {
  const many = (n: number): Map<string, number> => new Map(Array.from({ length: n }, (_, i) => [`id-${i}`, 1]));

  it('pools rare categories instead of believing them', () => {
    const reference = new Map([
      ['a', 500],
      ['b', 500],
      ['rare', 3],
    ]);
    const current = new Map([
      ['a', 100],
      ['b', 100],
      ['odd', 2],
    ]);
    const pooled = chiSquared(reference, current);
    expect(pooled.pValue).toBeGreaterThan(0.05);
    // Every value once tells nothing about a distribution.
    expect(chiSquared(many(400), many(50)).pValue).toBe(1);
  });

  it('takes a frequent category that the reference lacks for a change', () => {
    const seen = chiSquared(
      new Map([
        ['a', 500],
        ['b', 500],
      ]),
      new Map([
        ['a', 100],
        ['b', 100],
        ['new', 40],
      ]),
    );
    expect(seen.pValue).toBeLessThan(1e-6);
    expect(seen.effect).toBeGreaterThan(0.1);
  });

  it('sees the same effect however many rows either sample has', () => {
    const at = (scale: number, shares: readonly number[]): Map<string, number> =>
      new Map(shares.map((share, i) => [`c${i}`, Math.round(share * scale)]));
    const effects = [100, 1_000, 100_000].map(
      (rows) => chiSquared(at(10_000, [0.5, 0.5]), at(rows, [0.2, 0.8])).effect,
    );
    for (const effect of effects) expect(effect).toBeCloseTo(0.3145, 4);
    expect(chiSquared(at(10_000, [1]), new Map([['other', 400]])).effect).toBe(1);
  });

  it('says nothing of one category, or of a sample without rows', () => {
    expect(chiSquared(new Map([['a', 50]]), new Map([['a', 70]]))).toEqual({ statistic: 0, pValue: 1, effect: 0 });
    expect(chiSquared(new Map(), new Map([['a', 70]])).pValue).toBe(1);
  });
});
