import { literal } from '../features/index.ts';
import { type Column, columnOf, isOneOf } from './column.ts';
import { fitsMostly, mapPlan, mapResult } from './map-plan.ts';
import { type Plan, type Planners, percent, SAMPLE_SIZE } from './plan.ts';
import { type Range, within } from './range.ts';

type Values = Exclude<
  Extract<keyof Planners, `expect_column_value${string}`>,
  'expect_column_values_to_be_of_type' | 'expect_column_values_to_be_in_type_list' | 'expect_column_values_to_be_unique'
>;

const nullPlan = (column: Column, mostly: number, wanted: 'null' | 'filled'): Plan => ({
  aggregates: { filled: `count(${column.sql})` },
  judge: ({ row_count, filled }) => {
    const elements = Number(row_count);
    const unexpected = wanted === 'null' ? Number(filled) : elements - Number(filled);
    const counts = { elements, missing: 0, unexpected };
    const values = wanted === 'null' ? [] : Array.from({ length: Math.min(unexpected, SAMPLE_SIZE) }, () => null);
    const { missing_count, missing_percent, ...result } = mapResult(counts, values);
    return {
      success: fitsMostly(counts, mostly),
      result: { ...result, unexpected_percent: percent(unexpected, elements) },
    };
  },
});

const length = (column: Column): string => `length(CAST(${column.sql} AS VARCHAR))`;
const lengthWithin = (column: Column, range: Range): string =>
  within({ ...column, kind: 'number', sql: length(column) }, range);
const matches = (column: Column, regex: string): string =>
  `regexp_matches(CAST(${column.sql} AS VARCHAR), ${literal(regex)})`;

/** Expectations that every value of a column fits, or `mostly` of them; missing values are left out. */
export const valueExpectations: Planners<Values> = {
  expect_column_values_to_not_be_null: ({ column, mostly }, columns) =>
    nullPlan(columnOf(columns, column), mostly, 'filled'),
  expect_column_values_to_be_null: ({ column, mostly }, columns) => nullPlan(columnOf(columns, column), mostly, 'null'),
  expect_column_values_to_be_between: ({ column, mostly, ...range }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, within(seen, range), mostly);
  },
  expect_column_values_to_be_in_set: ({ column, mostly, value_set: values }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, isOneOf(seen, values), mostly);
  },
  expect_column_values_to_not_be_in_set: ({ column, mostly, value_set: values }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, `NOT ${isOneOf(seen, values)}`, mostly);
  },
  expect_column_values_to_match_regex: ({ column, mostly, regex }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, matches(seen, regex), mostly);
  },
  expect_column_values_to_not_match_regex: ({ column, mostly, regex }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, `NOT ${matches(seen, regex)}`, mostly);
  },
  expect_column_value_lengths_to_be_between: ({ column, mostly, ...range }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, lengthWithin(seen, range), mostly);
  },
  expect_column_value_lengths_to_equal: ({ column, mostly, value }, columns) => {
    const seen = columnOf(columns, column);
    return mapPlan(seen, lengthWithin(seen, { min_value: value, max_value: value }), mostly);
  },
};
