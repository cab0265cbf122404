import type { Column } from './column.ts';
import { all, columnIn, type Domain } from './domain.ts';
import { rowsIn, showing } from './map-plan.ts';
import { fitsMostly, mapResult } from './map-result.ts';
import { CannotJudge, type Plan, type Planners, ROW, SAMPLE_SIZE } from './plan.ts';

type Order = `expect_column_values_to_be_${'in' | 'de'}creasing`;

interface Direction {
  /** How a value stands to the one before it. */
  readonly operator: '>' | '>=' | '<' | '<=';
  readonly mostly: number;
}

// Each filled value beside the filled one before it, in the order of the rows.
const steps = (domain: Domain, column: Column, table: string): string => {
  const where = all(domain.when, `${column.sql} IS NOT NULL`);
  return `(SELECT ${ROW} AS r, ${column.sql} AS v, lag(${column.sql}) OVER (ORDER BY ${ROW}) AS before FROM ${table} WHERE ${where}) AS steps`;
};

const ordered = (domain: Domain, column: Column, { operator, mostly }: Direction): Plan => {
  if (column.kind === 'text' || column.kind === 'other')
    throw new CannotJudge(`column "${column.name}" is ${column.type}: only numbers and times increase or decrease`);
  const bad = `before IS NOT NULL AND NOT (v ${operator} before)`;
  const first = `arg_min({r: r, v: [CAST(v AS VARCHAR)]}, r, ${SAMPLE_SIZE}) FILTER (WHERE ${bad})`;
  return {
    aggregates: {},
    derived: {
      aggregates: {
        filled: 'count(*)',
        unexpected: `count(*) FILTER (WHERE ${bad})`,
        sample: `CAST(to_json(${first}) AS VARCHAR)`,
      },
      over: (table) => steps(domain, column, table),
    },
    judge: ({ row_count, filled, unexpected, sample }) => {
      const elements = Number(row_count);
      const counts = { elements, missing: elements - Number(filled), unexpected: Number(unexpected) };
      const result = mapResult(counts, rowsIn(sample), showing({ columns: [column] }));
      return { success: fitsMostly(counts, mostly), result };
    },
  };
};

/** Expectations about the order of a column's values; the first of them always fits. */
export const orderExpectations: Planners<Order> = {
  expect_column_values_to_be_increasing: ({ column, mostly, strictly }, domain) =>
    ordered(domain, columnIn(domain, column), { operator: strictly ? '>' : '>=', mostly }),
  expect_column_values_to_be_decreasing: ({ column, mostly, strictly }, domain) =>
    ordered(domain, columnIn(domain, column), { operator: strictly ? '<' : '<=', mostly }),
};
