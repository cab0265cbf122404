import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { historyOrder, latestOrder, readHistory, readLatest } from '#adapters/system/metric-order.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const whole = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
);
const point = fc.record({
  key: fc.constant('auc'),
  step: whole,
  timestampMs: whole,
  // Negative zero is zero.
  value: fc.double({ noNaN: true }).map((value) => value + 0),
});
type Numbers = readonly (number | bigint)[];
const compare = (a: Numbers, b: Numbers): number => {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i < 0 ? 0 : a[i]! < b[i]! ? -1 : 1;
};
const textOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe('metric order', () => {
  it('gives back every point (law)', () => {
    fc.assert(
      fc.property(point, (one) => {
        expect(readLatest('auc', latestOrder(one))).toEqual(one);
        expect(readHistory('auc', historyOrder(one))).toEqual(one);
      }),
    );
  });

  it.each([Infinity, -Infinity, Number.NaN, 0, Number.MIN_VALUE, -Number.MAX_VALUE])('gives back %p', (value) => {
    const one = { key: 'auc', step: 2n ** 63n - 1n, timestampMs: -(2n ** 63n), value };
    expect(readLatest('auc', latestOrder(one))).toEqual(one);
  });

  it('sorts as text the way the numbers sort (law)', () => {
    fc.assert(
      fc.property(point, point, fc.boolean(), (a, other, sameStep) => {
        const b = sameStep ? { ...other, step: a.step } : other;
        expect(textOrder(latestOrder(a), latestOrder(b))).toBe(
          compare([a.step, a.timestampMs, a.value], [b.step, b.timestampMs, b.value]),
        );
        expect(textOrder(historyOrder(a), historyOrder(b))).toBe(
          compare([a.timestampMs, a.step, a.value], [b.timestampMs, b.step, b.value]),
        );
      }),
    );
  });

  it('counts NaN as zero among values', () => {
    const [below, nan, zero] = [-5e-324, Number.NaN, 0].map((value) =>
      latestOrder({ key: 'a', step: 0, timestampMs: 0, value }),
    );
    expect([below! < nan!, nan! < zero!]).toEqual([true, true]);
  });
});
