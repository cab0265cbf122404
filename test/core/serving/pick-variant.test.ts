import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, pickVariant } from '#core/serving/index.ts';

const variants = (canary: number, version = 2) =>
  [
    { version: 1, weight: 100 - canary },
    { version, weight: canary },
  ] as const;
const people = Array.from({ length: 20_000 }, (_, n) => `customer-${n}`);
const percent = fc.integer({ min: 0, max: 100 });

describe('the variant of a caller', () => {
  it('keeps everyone already in the canary when it grows', () => {
    fc.assert(
      fc.property(fc.string(), percent, percent, (sticky, a, b) => {
        const isCanary = (weight: number) => pickVariant(sticky, [...variants(weight)]).version === 2;
        return !isCanary(Math.min(a, b)) || isCanary(Math.max(a, b));
      }),
    );
  });

  it('is the same every time', () => {
    fc.assert(
      fc.property(fc.string(), percent, (sticky, weight) => {
        expect(pickVariant(sticky, [...variants(weight)])).toEqual(pickVariant(sticky, [...variants(weight)]));
      }),
    );
  });

  it.each([1, 10, 50, 99])('gives a canary of %i %% its share', (weight) => {
    const count = people.filter((person) => pickVariant(person, [...variants(weight)]).version === 2).length;
    // Four standard deviations of a fair draw.
    const spread = 4 * Math.sqrt(people.length * (weight / 100) * (1 - weight / 100));
    expect(Math.abs(count - (people.length * weight) / 100)).toBeLessThan(spread);
  });

  it.each([
    [0, 1],
    [100, 2],
  ])('at %i %% all get version %i', (weight, version) => {
    expect(new Set(people.map((person) => pickVariant(person, [...variants(weight)]).version))).toEqual(
      new Set([version]),
    );
  });

  it('draws other people for another canary', () => {
    const tenth = (version: number) =>
      new Set(people.filter((person) => pickVariant(person, [...variants(10, version)]).version === version));
    const [second, third] = [tenth(2), tenth(3)];
    const both = [...second].filter((person) => third.has(person)).length;
    expect(both / second.size).toBeLessThan(0.15);
  });

  it('is alone when there is one', () => {
    expect(pickVariant('x', [{ version: 7, weight: 100 }]).version).toBe(7);
  });

  it('never moves people by accident: these buckets are for ever', () => {
    expect(['', 'c-1', 'customer-17', 'Zoë'].map(bucketOf)).toEqual([8_923, 1_737, 6_466, 2_642]);
  });

  it('spreads buckets evenly', () => {
    const counts = new Array<number>(10).fill(0);
    for (const person of people) counts[Math.floor(bucketOf(person) / 1_000)]! += 1;
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});
