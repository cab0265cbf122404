import { asNumber, type Column, isOneOf } from './column.ts';
import { columnIn, type Domain } from './domain.ts';
import { rowPlan } from './map-plan.ts';
import { CannotJudge, type Plan, type Planners } from './plan.ts';
import { shownValues } from './shown.ts';

type Pairs = Extract<keyof Planners, `expect_column_pair_${string}`>;

interface Pair {
  readonly column_A: string;
  readonly column_B: string;
  readonly mostly: number;
  readonly ignore_row_if: 'both_values_are_missing' | 'either_value_is_missing' | 'neither';
}

const counting = {
  both_values_are_missing: (a: Column, b: Column) => `${a.sql} IS NOT NULL OR ${b.sql} IS NOT NULL`,
  either_value_is_missing: (a: Column, b: Column) => `${a.sql} IS NOT NULL AND ${b.sql} IS NOT NULL`,
  neither: () => 'TRUE',
} as const;

/** SQL that compares two columns of one kind. @throws CannotJudge */
export const compared = (a: Column, operator: string, b: Column): string => {
  const numbers = (column: Column): boolean => column.kind === 'number' || column.kind === 'boolean';
  if (numbers(a) && numbers(b)) return `${a.sql}::DOUBLE ${operator} ${b.sql}::DOUBLE`;
  if (a.kind === 'time' && b.kind === 'time') return `${asNumber(a)} ${operator} ${asNumber(b)}`;
  if (a.kind === b.kind) return `${a.sql} ${operator} ${b.sql}`;
  if (operator === '=') return 'FALSE';
  throw new CannotJudge(`"${a.name}" is ${a.type} and "${b.name}" is ${b.type}: they have no common order`);
};

const pairPlan = (domain: Domain, kwargs: Pair, good: (a: Column, b: Column) => string): Plan => {
  const [a, b] = [columnIn(domain, kwargs.column_A), columnIn(domain, kwargs.column_B)];
  const columns = [a, b];
  return rowPlan({
    domain,
    columns,
    counts: counting[kwargs.ignore_row_if](a, b),
    good: good(a, b),
    mostly: kwargs.mostly,
    show: (row) => shownValues(columns, row),
  });
};

const isValue = (column: Column, value: string | number | boolean | null): string =>
  value === null ? `${column.sql} IS NULL` : `coalesce(${isOneOf(column, [value])}, FALSE)`;

/** Expectations about two columns of a row. */
export const pairExpectations: Planners<Pairs> = {
  expect_column_pair_values_to_be_equal: (kwargs, domain) => pairPlan(domain, kwargs, (a, b) => compared(a, '=', b)),
  expect_column_pair_values_a_to_be_greater_than_b: (kwargs, domain) =>
    pairPlan(domain, kwargs, (a, b) => compared(a, kwargs.or_equal ? '>=' : '>', b)),
  expect_column_pair_values_to_be_in_set: (kwargs, domain) =>
    pairPlan(domain, kwargs, (a, b) =>
      kwargs.value_pairs_set.map(([x, y]) => `(${isValue(a, x)} AND ${isValue(b, y)})`).join(' OR '),
    ),
};
