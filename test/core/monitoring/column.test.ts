import { describe, expect, it } from '@jest/globals';
import { Monitoring } from '#contracts/project.ts';
import { type ColumnSamples, numberSamples } from '#core/monitoring/column-samples.ts';
import { sketch } from '#core/monitoring/sketch.ts';
import { driftedShare, judgeColumn, verdictOf } from '#core/monitoring/verdict.ts';

const limits = Monitoring.parse({});
const numbers = (reference: number[], current: number[]): ColumnSamples =>
  numberSamples(Float64Array.from(reference), Float64Array.from(current));
const categories = (reference: Record<string, number>, current: Record<string, number>): ColumnSamples => ({
  kind: 'categories',
  reference: new Map(Object.entries(reference)),
  current: new Map(Object.entries(current)),
});
const ramp = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i / n);
const flags = (ones: number, of: number): number[] => Array.from({ length: of }, (_, i) => (i < ones ? 1 : 0));
const judge = (samples: ColumnSamples) => judgeColumn('x', samples, limits);

describe('the test of a column', () => {
  it('is ks for numbers', () => {
    expect(judge(numbers(ramp(300), ramp(200)))).toMatchObject({ test: 'ks', drifted: false });
    const moved = judge(numbers(ramp(300), ramp(300, 0.4)));
    expect(moved).toMatchObject({ test: 'ks', drifted: true });
    expect(moved.statistic).toBeCloseTo(0.4, 2);
  });

  it('is z for numbers with exactly two values over both samples', () => {
    const moved = judge(numbers(flags(60, 300), flags(120, 300)));
    expect(moved).toMatchObject({ test: 'z', drifted: true });
    expect(moved.effect).toBeCloseTo(0.2, 12);
    expect(moved.statistic).toBeGreaterThan(0);
    expect(judge(numbers(flags(0, 300), flags(300, 300)))).toMatchObject({ test: 'z', effect: 1 });
    expect(judge(numbers(flags(60, 300), [...flags(60, 300), 2])).test).toBe('ks');
    expect(judge(numbers([4, 4], [4, 4]))).toMatchObject({ test: 'ks', effect: 0, drifted: false });
  });

  it('is chi-squared for text, a missing one being a category', () => {
    const seen = judge(categories({ a: 500, b: 500 }, { a: 90, b: 80, '': 60 }));
    expect(seen).toMatchObject({ test: 'chi-squared', drifted: true, missing: { reference: 0 } });
    expect(seen.missing?.current).toBeCloseTo(60 / 230, 12);
  });

  const absent = (n: number): number[] => new Array<number>(n).fill(Number.NaN);

  it('leaves missing numbers out of ks and says how many there were', () => {
    const seen = judge(numbers(ramp(300), [...ramp(300, 0.4), ...absent(100)]));
    expect(seen).toMatchObject({ test: 'ks', drifted: true, missing: { reference: 0, current: 0.25 } });
    expect(seen.statistic).toBeCloseTo(0.4, 2);
  });

  it('notices a share that went missing while the rest stayed as it was', () => {
    const seen = judge(numbers(ramp(300), [...ramp(300), ...absent(100)]));
    expect(seen).toMatchObject({ test: 'z', effect: 0.25, drifted: true });
    const back = judge(numbers([...ramp(300), ...absent(100)], ramp(300)));
    expect(back).toMatchObject({ test: 'z', effect: 0.25, drifted: true });
    const few = judge(numbers(ramp(300), [...ramp(300), ...absent(10)]));
    expect(few).toMatchObject({ test: 'z', drifted: false });
  });

  it('notices numbers that all went missing', () => {
    const gone = new Array<number>(200).fill(Number.NaN);
    expect(judge(numbers(ramp(300), gone))).toMatchObject({ test: 'z', effect: 1, drifted: true });
    expect(judge(numbers(gone, gone))).toMatchObject({ effect: 0, drifted: false });
  });
});

describe('the verdict', () => {
  it('needs both significance and an effect', () => {
    // A shift of 0.05 is beyond chance in 20,000 rows, and too small to matter.
    const small = judge(numbers(ramp(20_000), ramp(20_000, 0.05)));
    expect(small.pValue).toBeLessThan(0.001);
    expect(small.drifted).toBe(false);
    // A large gap in ten rows may be chance.
    const few = judge(numbers(ramp(10), ramp(10, 0.3)));
    expect(few.effect).toBeGreaterThan(0.1);
    expect(few.drifted).toBe(false);
  });

  it.each([
    [0, 'none'],
    [0.15, 'none'],
    [0.16, 'warning'],
    [0.2, 'warning'],
    [0.21, 'severe'],
    [1, 'severe'],
  ])('of a share of %p is %s', (share, verdict) => {
    expect(verdictOf({ rows: 100, share }, limits)).toBe(verdict);
    expect(verdictOf({ rows: 99, share }, limits)).toBe('not-enough-data');
  });

  it('counts the share of columns', () => {
    const steady = judge(numbers(ramp(300), ramp(300)));
    const moved = judge(numbers(ramp(300), ramp(300, 0.5)));
    expect(driftedShare([steady, moved, steady, moved])).toBe(0.5);
    expect(driftedShare([])).toBe(0);
  });
});

describe('the sketch of a column', () => {
  const sum = (shares: readonly number[]): number => shares.reduce((a, b) => a + b, 0);

  it('has the shares of both samples, far values in the outer bins', () => {
    const { labels, reference, current } = sketch(numbers(ramp(500), [...ramp(499), 1e9]));
    expect(labels).toHaveLength(20);
    expect(sum(reference)).toBeCloseTo(1, 9);
    expect(sum(current)).toBeCloseTo(1, 9);
    expect(reference[10]).toBeCloseTo(0.05, 1);
  });

  it('names the most frequent values and joins the rest', () => {
    const names = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`v${i}`, 100 - i]));
    const { labels, reference } = sketch(categories(names, { '': 10 }));
    expect(labels).toHaveLength(9);
    expect(labels).toContain('missing');
    expect(labels.at(-1)).toBe('all others');
    expect(sum(reference)).toBeCloseTo(1, 9);
  });

  it('survives samples without values', () => {
    expect(sum(sketch(numbers([], [])).reference)).toBe(0);
    expect(sketch(categories({}, {})).labels).toEqual([]);
  });
});
