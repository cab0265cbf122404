import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Counts, chiSquared } from '#core/monitoring/statistics/chi-squared.ts';
import { chiSquaredTail, gammaQ, normalTwoTails } from '#core/monitoring/statistics/incomplete-gamma.ts';
import { kolmogorovSmirnov, kolmogorovTail } from '#core/monitoring/statistics/kolmogorov-smirnov.ts';
import { twoProportions } from '#core/monitoring/statistics/two-proportions.ts';

/** What scipy says, made by test/fixtures/make-drift-statistics.py. */
interface Golden {
  readonly ks: readonly {
    name: string;
    reference: number[];
    current: number[];
    statistic: number;
    stephens: number;
    asymptotic: number;
  }[];
  readonly chiSquared: readonly {
    name: string;
    reference: number[];
    current: number[];
    statistic: number;
    degrees: number;
    pValue: number;
    effect: number;
  }[];
  readonly z: readonly {
    name: string;
    reference: [number, number];
    current: [number, number];
    statistic: number;
    pValue: number;
  }[];
  readonly gammaQ: readonly { a: number; x: number; q: number }[];
  readonly kolmogorov: readonly { x: number; q: number }[];
}
const golden = JSON.parse(readFileSync('test/fixtures/drift-statistics.json', 'utf8')) as Golden;

const sorted = (values: number[]): Float64Array => Float64Array.from(values).sort();
const counts = (values: number[]): Counts => new Map(values.map((n, i) => [`c${i}`, n]));
/** Relative where the number is not tiny: tails are wanted to be right far out too. */
const near = (seen: number, wanted: number, relative: number): void =>
  expect(Math.abs(seen - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted) + 1e-300);

describe('special functions, against scipy.special', () => {
  it.each(golden.gammaQ)('gammaQ($a, $x)', ({ a, x, q }) => near(gammaQ(a, x), q, 1e-11));
  it.each(golden.kolmogorov)('kolmogorovTail($x)', ({ x, q }) => near(kolmogorovTail(x), q, 1e-12));

  it('knows the tails everybody knows', () => {
    near(normalTwoTails(1.959963984540054), 0.05, 1e-12);
    near(normalTwoTails(-1.959963984540054), 0.05, 1e-12);
    near(chiSquaredTail(3.841458820694124, 1), 0.05, 1e-12);
    near(chiSquaredTail(16.918977604620448, 9), 0.05, 1e-12);
    expect(gammaQ(3, Number.POSITIVE_INFINITY)).toBe(0);
    expect(normalTwoTails(0)).toBe(1);
  });
});

describe('Kolmogorov–Smirnov, against scipy.stats.ks_2samp', () => {
  it.each(golden.ks)('$name', ({ reference, current, statistic, stephens, asymptotic }) => {
    const seen = kolmogorovSmirnov(sorted(reference), sorted(current));
    near(seen.statistic, statistic, 1e-15);
    near(seen.pValue, stephens, 1e-12);
    // scipy's own asymptotic value is finer than Stephens'.
    expect(Math.abs(seen.pValue - asymptotic)).toBeLessThan(0.02);
  });
});

describe('chi-squared, against scipy.stats.chi2_contingency', () => {
  it.each(golden.chiSquared)('$name', ({ reference, current, statistic, pValue, effect }) => {
    const seen = chiSquared(counts(reference), counts(current));
    near(seen.statistic, statistic, 1e-12);
    near(seen.pValue, pValue, 1e-10);
    near(seen.effect, effect, 1e-12);
  });
});

describe('two proportions, against the 2×2 table and scipy.stats.norm', () => {
  it.each(golden.z)('$name', ({ reference, current, statistic, pValue }) => {
    const seen = twoProportions({ count: reference[0], of: reference[1] }, { count: current[0], of: current[1] });
    near(seen.statistic, statistic, 1e-12);
    near(seen.pValue, pValue, 1e-10);
  });
});
