import type { TestResult } from './test-result.ts';

// Each series is taken where four terms of it reach 16 digits.
const SERIES_MEET = 1.18;
const terms = [1, 2, 3, 4] as const;

/**
 * Tail of the Kolmogorov distribution: chance that the limit of √n·D is at least x. Source: Marsaglia, Tsang, Wang,
 * "Evaluating Kolmogorov's Distribution", J. Stat. Software 8(18), 2003, for the two series.
 * @example kolmogorovTail(1.358) // 0.05
 */
export const kolmogorovTail = (x: number): number => {
  if (x <= 0.04) return 1;
  if (x < SERIES_MEET) {
    const y = Math.exp(-(Math.PI ** 2) / (8 * x * x));
    const sum = terms.reduce((total, k) => total + y ** ((2 * k - 1) ** 2), 0);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  return 2 * terms.reduce((total, k) => total - (-1) ** k * Math.exp(-2 * k * k * x * x), 0);
};

/** Index behind the values that are equal to the one at `from`. */
const behindTies = (sorted: Float64Array, from: number, value: number): number => {
  let at = from;
  while (at < sorted.length && sorted[at] === value) at++;
  return at;
};

/**
 * Kolmogorov–Smirnov distance of two samples: the largest gap between their empirical distribution functions, 0 same,
 * 1 disjoint. One merge of the two sorted arrays: O(n + m). 0 when a sample is empty.
 * @param a sorted ascending, without NaN
 * @param b likewise
 * @example ksDistance(Float64Array.of(1, 2), Float64Array.of(3, 4)) // 1
 */
export const ksDistance = (a: Float64Array, b: Float64Array): number => {
  let i = 0;
  let j = 0;
  let widest = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] as number, b[j] as number);
    i = behindTies(a, i, value);
    j = behindTies(b, j, value);
    widest = Math.max(widest, Math.abs(i / a.length - j / b.length));
  }
  return widest;
};

/**
 * Two-sample, two-sided Kolmogorov–Smirnov test; the effect is the distance itself. The p-value is asymptotic with
 * Stephens' correction for small samples, λ = (√n + 0.12 + 0.11/√n)·D with n = n₁n₂/(n₁+n₂). Source: Stephens, "Use of
 * the Kolmogorov–Smirnov, Cramér–Von Mises and related statistics without extensive tables", JRSS B 32, 1970. With many
 * ties it errs towards no difference.
 * @param a sorted ascending, without NaN
 * @param b likewise
 */
export const kolmogorovSmirnov = (a: Float64Array, b: Float64Array): TestResult => {
  if (a.length === 0 || b.length === 0) return { statistic: 0, pValue: 1, effect: 0 };
  const distance = ksDistance(a, b);
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  const pValue = kolmogorovTail((root + 0.12 + 0.11 / root) * distance);
  return { statistic: distance, pValue: Math.min(1, Math.max(0, pValue)), effect: distance };
};
