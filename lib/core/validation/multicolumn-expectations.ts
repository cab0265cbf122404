import { literal } from '../features/tables/index.ts';
import type { Column } from './column.ts';
import { columnIn, type Domain } from './domain.ts';
import { rowPlan } from './map-plan.ts';
import { compared } from './pair-expectations.ts';
import { CannotJudge, type Plan, type Planners } from './plan.ts';

type Multicolumn = 'expect_multicolumn_sum_to_equal' | 'expect_select_column_values_to_be_unique_within_record';

/** SQL of the rows that count, by how Great Expectations names those that do not. */
export const countedRows = {
  all_values_are_missing: (columns: readonly Column[]) => columns.map(({ sql }) => `${sql} IS NOT NULL`).join(' OR '),
  any_value_is_missing: (columns: readonly Column[]) => columns.map(({ sql }) => `${sql} IS NOT NULL`).join(' AND '),
  never: () => 'TRUE',
} as const;

interface Columns {
  readonly column_list: readonly string[];
  readonly mostly: number;
  readonly ignore_row_if: keyof typeof countedRows;
}

const recordPlan = (domain: Domain, kwargs: Columns, good: (columns: readonly Column[]) => string): Plan => {
  const columns = kwargs.column_list.map((name) => columnIn(domain, name));
  const counts = countedRows[kwargs.ignore_row_if](columns);
  return rowPlan({ domain, columns, counts, good: good(columns), mostly: kwargs.mostly });
};

const addend = (column: Column): string => {
  if (column.kind === 'number' || column.kind === 'boolean') return `${column.sql}::DOUBLE`;
  throw new CannotJudge(`column "${column.name}" is ${column.type}, and a sum needs numbers`);
};

// Two missing values are alike; values of two kinds never are.
const differ = (a: Column, b: Column): string =>
  `NOT (coalesce(${compared(a, '=', b)}, FALSE) OR (${a.sql} IS NULL AND ${b.sql} IS NULL))`;

/** Expectations about several columns of a row. */
export const multicolumnExpectations: Planners<Multicolumn> = {
  expect_multicolumn_sum_to_equal: (kwargs, domain) =>
    recordPlan(domain, kwargs, (columns) => `${columns.map(addend).join(' + ')} = ${literal(kwargs.sum_total)}`),
  expect_select_column_values_to_be_unique_within_record: (kwargs, domain) =>
    recordPlan(domain, kwargs, (columns) =>
      columns.flatMap((a, i) => columns.slice(i + 1).map((b) => differ(a, b))).join(' AND '),
    ),
};
