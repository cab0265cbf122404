import type { DriftTest } from '#contracts/monitoring.ts';
import type { ColumnSamples, NumberSamples } from './column-samples.ts';
import { chiSquared } from './statistics/chi-squared.ts';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.ts';
import type { TestResult } from './statistics/test-result.ts';
import { type Proportion, twoProportions } from './statistics/two-proportions.ts';

type Measured = TestResult & { readonly test: DriftTest };

/** One way to compare a column. */
interface DriftCheck {
  readonly name: DriftTest;
  /** Undefined when such a column is another check's. */
  measure(samples: ColumnSamples): TestResult | undefined;
}

/** The larger of exactly two distinct values of both samples, undefined when there are fewer or more. */
const largerOfTwo = ({ reference, current }: NumberSamples): number | undefined => {
  const ends = [reference, current].flatMap((sorted) => [...sorted.slice(0, 1), ...sorted.slice(-1)]);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const between = (sorted: Float64Array): boolean => sorted.some((value) => value !== low && value !== high);
  return ends.length === 0 || low === high || between(reference) || between(current) ? undefined : high;
};

const countFrom = (sorted: Float64Array, least: number): Proportion => {
  const first = sorted.findIndex((value) => value >= least);
  return { count: first < 0 ? 0 : sorted.length - first, of: sorted.length };
};

const missing = (samples: NumberSamples, side: 'reference' | 'current'): Proportion => ({
  count: samples.rows[side] - samples[side].length,
  of: samples.rows[side],
});

const zCheck: DriftCheck = {
  name: 'z',
  measure: (samples) => {
    if (samples.kind !== 'numbers') return undefined;
    const larger = largerOfTwo(samples);
    if (larger === undefined) return undefined;
    return twoProportions(countFrom(samples.reference, larger), countFrom(samples.current, larger));
  },
};

const ksCheck: DriftCheck = {
  name: 'ks',
  measure: (samples) =>
    samples.kind === 'numbers' ? kolmogorovSmirnov(samples.reference, samples.current) : undefined,
};

const chiSquaredCheck: DriftCheck = {
  name: 'chi-squared',
  measure: (samples) => (samples.kind === 'categories' ? chiSquared(samples.reference, samples.current) : undefined),
};

/** The first that takes a column measures it. */
const driftChecks: readonly DriftCheck[] = [zCheck, ksCheck, chiSquaredCheck];

const compareValues = (samples: ColumnSamples): Measured => {
  for (const check of driftChecks) {
    const result = check.measure(samples);
    if (result) return { test: check.name, ...result };
  }
  throw new Error(`no drift check takes ${samples.kind}`);
};

/**
 * Compares a column by the test that fits it: z for numbers with exactly two distinct values over both samples, ks for
 * other numbers, chi-squared for text. Numbers that go missing change no distribution of those that are left, so the
 * shares of missing ones are compared as well, by z; the larger effect is the column's.
 */
export const measureColumn = (samples: ColumnSamples): Measured => {
  const values = compareValues(samples);
  if (samples.kind !== 'numbers') return values;
  const absence = twoProportions(missing(samples, 'reference'), missing(samples, 'current'));
  return absence.effect > values.effect ? { test: 'z', ...absence } : values;
};
