import { chiSquaredTail } from './incomplete-gamma.ts';
import type { TestResult } from './test-result.ts';

/** Rows by category. */
export type Counts = ReadonlyMap<string, number>;
type Cell = readonly [reference: number, current: number];

// Cochran's rule: below five expected rows a cell's share of the statistic is no longer chi-squared.
const LEAST_EXPECTED = 5;

const total = (counts: Counts): number => [...counts.values()].reduce((a, b) => a + b, 0);
const sizeOf = ([reference, current]: Cell): number => reference + current;
const plus = (a: Cell, b: Cell): Cell => [a[0] + b[0], a[1] + b[1]];

/** Every category of either sample, the largest first. */
const cellsOf = (reference: Counts, current: Counts): Cell[] => {
  const names = new Set([...reference.keys(), ...current.keys()]);
  const cells = [...names].map((name): Cell => [reference.get(name) ?? 0, current.get(name) ?? 0]);
  return cells.filter((cell) => sizeOf(cell) > 0).sort((a, b) => sizeOf(b) - sizeOf(a));
};

/** Categories too rare to judge become one; when even that is too rare, the next larger joins it. */
const poolRare = (cells: readonly Cell[], leastSize: number): Cell[] => {
  const common = cells.filter((cell) => sizeOf(cell) >= leastSize);
  let rare = cells.slice(common.length).reduce<Cell>(plus, [0, 0]);
  while (sizeOf(rare) > 0 && sizeOf(rare) < leastSize && common.length > 0) rare = plus(rare, common.pop() ?? [0, 0]);
  return sizeOf(rare) > 0 ? [...common, rare] : common;
};

const statisticOf = (cells: readonly Cell[], rows: Cell): number => {
  const all = sizeOf(rows);
  const misses = cells.flatMap((cell) =>
    cell.map((seen, i) => {
      const expected = (sizeOf(cell) * (rows[i] ?? 0)) / all;
      return (seen - expected) ** 2 / expected;
    }),
  );
  return misses.reduce((a, b) => a + b, 0);
};

/**
 * Cramér's V of the table with both samples given the same weight. Plain V shrinks as the samples differ in size: a
 * day's few hundred rows against ten thousand of the reference would hardly ever reach any limit.
 */
const balancedEffect = (cells: readonly Cell[], [reference, current]: Cell): number => {
  const shares = cells.map((cell): Cell => [cell[0] / reference, cell[1] / current]);
  return Math.sqrt(statisticOf(shares, [1, 1]) / 2);
};

/**
 * Chi-squared test of a 2×k table: do both samples come from one distribution over the categories? The reference is a
 * sample too and not taken for the exact truth, so its own chance counts. A category that one sample lacks counts;
 * categories with fewer than five expected rows are pooled. The effect is Cramér's V of equally weighted samples: 0 same,
 * 1 no category in common, whatever the numbers of rows. Source: Agresti, Categorical Data Analysis, 3rd ed., §3.2;
 * Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10, 1954.
 * @example chiSquared(new Map([['a', 90], ['b', 110]]), new Map([['a', 140], ['b', 60]])).effect // 0.253
 */
export const chiSquared = (reference: Counts, current: Counts): TestResult => {
  const rows: Cell = [total(reference), total(current)];
  const smaller = Math.min(...rows);
  if (smaller === 0) return { statistic: 0, pValue: 1, effect: 0 };
  const cells = poolRare(cellsOf(reference, current), (LEAST_EXPECTED * sizeOf(rows)) / smaller);
  if (cells.length < 2) return { statistic: 0, pValue: 1, effect: 0 };
  const statistic = statisticOf(cells, rows);
  const effect = Math.min(1, balancedEffect(cells, rows));
  return { statistic, pValue: chiSquaredTail(statistic, cells.length - 1), effect };
};
