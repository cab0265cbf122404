import { numericColumn } from './aggregate-expectations.ts';
import { type Domain, filledOf, over } from './domain.ts';
import type { Planners } from './plan.ts';

type Quantiles = 'expect_column_quantile_values_to_be_between';
type Way = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest';

const halfToEven = (x: number): number => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** Places, from 0, whose values' mean is the quantile. */
const placesOf = (at: number, way: Exclude<Way, 'linear'>): readonly [number, number] => {
  if (way === 'lower') return [Math.floor(at), Math.floor(at)];
  if (way === 'higher') return [Math.ceil(at), Math.ceil(at)];
  if (way === 'midpoint') return [Math.floor(at), Math.ceil(at)];
  return [halfToEven(at), halfToEven(at)];
};

// The engine's quantile_disc takes the value at ceil(share × count): the middle of a place meets just that one.
const valueAt = (numbers: string, place: number, count: number): string =>
  `quantile_disc(${numbers}, ${(place + 0.5) / count})`;

const quantile = (numbers: string, q: number, { way, count }: { way: Way; count: number }): string => {
  if (way === 'linear') return `quantile_cont(${numbers}, ${q})`;
  const [low, high] = placesOf(q * (count - 1), way);
  return low === high
    ? valueAt(numbers, low, count)
    : `(${valueAt(numbers, low, count)} + ${valueAt(numbers, high, count)}) / 2`;
};

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 + 1e-4 * Math.abs(b);
// A value a ten-thousandth outside is inside, as in Great Expectations.
const isInside = (value: unknown, [min, max]: readonly [number | null, number | null]): boolean => {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  const above = min === null || value >= min || isClose(value, min);
  return above && (max === null || value <= max || isClose(value, max));
};

const quantilesOf = (domain: Domain, name: string, shares: { quantiles: readonly number[]; way: Way }) => {
  const column = numericColumn(domain, name);
  const numbers = `${column.sql}::DOUBLE`;
  const one = (q: number, count: number): string => {
    const call = quantile(numbers, q, { way: shares.way, count });
    return domain.when === undefined
      ? call
      : call.replaceAll(/quantile_(?:disc|cont)\([^)]*\)/g, (c) => over(domain, c));
  };
  return {
    aggregates: { filled: filledOf(domain, column) },
    at: (count: number) => Object.fromEntries(shares.quantiles.map((q, i) => [`q${i}`, one(q, count)])),
  };
};

/** The first look counts the values, the second takes those at the places asked for. */
export const quantileExpectations: Planners<Quantiles> = {
  expect_column_quantile_values_to_be_between: (kwargs, domain) => {
    const { quantiles, value_ranges: ranges } = kwargs.quantile_ranges;
    const asked = kwargs.allow_relative_error;
    const { aggregates, at } = quantilesOf(domain, kwargs.column, {
      quantiles,
      way: typeof asked === 'string' ? asked : 'nearest',
    });
    return {
      aggregates,
      closer: ({ filled }) => (Number(filled) > 0 ? [{ aggregates: at(Number(filled)) }] : []),
      judge: (measured) => {
        const values = quantiles.map((_, i) => measured[`q${i}`] ?? null);
        const details = values.map((value, i) => isInside(value, ranges[i] ?? [null, null]));
        const observed_value = { quantiles, values };
        return { success: details.every(Boolean), result: { observed_value, details: { success_details: details } } };
      },
    };
  },
};
