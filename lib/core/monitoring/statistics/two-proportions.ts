import { normalTwoTails } from './incomplete-gamma.ts';
import type { TestResult } from './test-result.ts';

/** So many of so many. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
}

/**
 * Two-proportion Z test, pooled, two-sided; the statistic is positive when the share grew, the effect is the difference
 * of the shares without its sign. Source: NIST/SEMATECH e-Handbook of Statistical Methods, §7.3.3.
 * @example twoProportions({ count: 30, of: 100 }, { count: 80, of: 160 }).effect // 0.2
 */
export const twoProportions = (reference: Proportion, current: Proportion): TestResult => {
  if (reference.of === 0 || current.of === 0) return { statistic: 0, pValue: 1, effect: 0 };
  const difference = current.count / current.of - reference.count / reference.of;
  const pooled = (reference.count + current.count) / (reference.of + current.of);
  const variance = pooled * (1 - pooled) * (1 / reference.of + 1 / current.of);
  const statistic = variance > 0 ? difference / Math.sqrt(variance) : 0;
  return { statistic, pValue: normalTwoTails(statistic), effect: Math.abs(difference) };
};
