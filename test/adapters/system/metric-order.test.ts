import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { historyOrder, latestOrder, readPoint } from '#adapters/system/metric-order.ts';

const point = fc.record({
  key: fc.constant('auc'),
  step: fc.maxSafeInteger(),
  timestampMs: fc.integer({ min: -5, max: 5 }),
  value: fc.double({ noNaN: true }),
});
const compare = (a: number[], b: number[]): number => {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i < 0 ? 0 : Math.sign(a[i]! - b[i]!);
};
const textOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe('metric order', () => {
  it('gives back every point, infinities too (law)', () => {
    fc.assert(fc.property(point, (one) => expect(readPoint('auc', latestOrder(one))).toEqual(one)));
    for (const value of [Infinity, -Infinity, Number.NaN, 0, Number.MIN_VALUE])
      expect(readPoint('auc', latestOrder({ key: 'auc', step: 0, timestampMs: 0, value })).value).toBe(value);
  });

  it('sorts as text the way the numbers sort (law)', () => {
    fc.assert(
      fc.property(point, point, fc.boolean(), (a, other, sameStep) => {
        const b = sameStep ? { ...other, step: a.step } : other;
        // -0 and 0 are one number but two codes.
        fc.pre(!(a.value === 0 && b.value === 0));
        expect(textOrder(latestOrder(a), latestOrder(b))).toBe(
          compare([a.step, a.timestampMs, a.value], [b.step, b.timestampMs, b.value]),
        );
        expect(textOrder(historyOrder(a), historyOrder(b))).toBe(
          compare([a.timestampMs, a.step, a.value], [b.timestampMs, b.step, b.value]),
        );
      }),
    );
  });
});
