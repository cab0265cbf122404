import type { Column } from './column.ts';
import { isOneOf } from './column.ts';
import { columnIn, type Domain, filledOf, firstRows } from './domain.ts';
import { mapPlan, rowsIn, showing } from './map-plan.ts';
import { type Counts, fitsMostly, mapResult, percent } from './map-result.ts';
import type { Measured, Plan, Planners } from './plan.ts';
import { insideBounds, within } from './range.ts';

type Values =
  | 'expect_column_values_to_not_be_null'
  | 'expect_column_values_to_be_null'
  | 'expect_column_values_to_be_between'
  | 'expect_column_values_to_be_in_set'
  | 'expect_column_values_to_not_be_in_set';

// Of missing values there is none missing: Great Expectations leaves those fields out.
const nullPlan = (domain: Domain, column: Column, rule: { mostly: number; wanted: 'null' | 'value' }): Plan => {
  const countsOf = ({ row_count: rows, filled }: Measured): Counts => {
    const unexpected = rule.wanted === 'null' ? Number(filled) : Number(rows) - Number(filled);
    return { elements: Number(rows), missing: 0, unexpected };
  };
  const bad = `${column.sql} IS ${rule.wanted === 'null' ? 'NOT NULL' : 'NULL'}`;
  return {
    aggregates: { filled: filledOf(domain, column) },
    closer: (measured) => (countsOf(measured).unexpected > 0 ? [firstRows(domain, [column], bad)] : []),
    judge: (measured) => {
      const counts = countsOf(measured);
      const every = mapResult(counts, rowsIn(measured.sample), showing({ columns: [column] }));
      const { missing_count, missing_percent, unexpected_percent_total, unexpected_percent_nonmissing, ...result } =
        every;
      return {
        success: fitsMostly(counts, rule.mostly),
        result: { ...result, unexpected_percent: percent(counts.unexpected, counts.elements) },
      };
    },
  };
};

/** Expectations that every value of a column fits, or `mostly` of them; missing values are left out. */
export const valueExpectations: Planners<Values> = {
  expect_column_values_to_not_be_null: ({ column, mostly }, domain) =>
    nullPlan(domain, columnIn(domain, column), { mostly, wanted: 'value' }),
  expect_column_values_to_be_null: ({ column, mostly }, domain) =>
    nullPlan(domain, columnIn(domain, column), { mostly, wanted: 'null' }),
  expect_column_values_to_be_between: ({ column, mostly, ...range }, domain) => {
    const seen = columnIn(domain, column);
    const good = within(seen, range);
    return mapPlan(domain, seen, { mostly, good: insideBounds(domain.bounds?.get(column), range) ? 'TRUE' : good });
  },
  expect_column_values_to_be_in_set: ({ column, mostly, value_set: values }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: isOneOf(seen, values) });
  },
  expect_column_values_to_not_be_in_set: ({ column, mostly, value_set: values }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: `NOT ${isOneOf(seen, values)}` });
  },
};
