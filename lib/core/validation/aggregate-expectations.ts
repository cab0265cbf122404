import { identifier, type TableColumn } from '../features/index.ts';
import { asNumber, boundOf, type Column, columnOf } from './column.ts';
import { CannotJudge, type Plan, type Planners } from './plan.ts';
import { isWithin, type Range } from './range.ts';

type Aggregate = Extract<
  keyof Planners,
  | `expect_column_${'min' | 'max' | 'mean' | 'median' | 'sum' | 'stdev'}_to_be_between`
  | 'expect_column_proportion_of_unique_values_to_be_between'
  | 'expect_column_unique_value_count_to_be_between'
  | 'expect_column_quantile_values_to_be_between'
>;

const shown = (column: Column, value: number): unknown =>
  column.kind === 'time' ? new Date(value).toISOString() : value;

const numericColumn = (columns: readonly TableColumn[], name: string): Column => {
  const column = columnOf(columns, name);
  if (column.kind === 'number' || column.kind === 'boolean') return column;
  throw new CannotJudge(`column "${name}" is ${column.type}, and this expectation needs numbers`);
};

/** Min and max also look at times; of text they have none to compare with a number. */
const orderedColumn = (columns: readonly TableColumn[], name: string): Column => {
  const column = columnOf(columns, name);
  return column.kind === 'time' ? column : numericColumn(columns, name);
};

// NaN reaches here as a number, an empty column as null: neither is inside anything.
const rangePlan = (column: Column, expression: string, range: Range): Plan => ({
  aggregates: { observed: `CAST(${expression} AS DOUBLE)` },
  judge: ({ observed }) => {
    if (typeof observed !== 'number' || Number.isNaN(observed))
      return { success: false, result: { observed_value: null } };
    const success = isWithin(observed, range, (bound) => Number(boundOf(column, bound)));
    return { success, result: { observed_value: shown(column, observed) } };
  },
});

const statistic =
  (fn: string, find: typeof numericColumn) =>
  ({ column, ...range }: { column: string } & Range, columns: readonly TableColumn[]): Plan => {
    const seen = find(columns, column);
    return rangePlan(seen, `${fn}(${asNumber(seen)})`, range);
  };

const distinct = (sql: string): string => `count(DISTINCT hash(${sql})) FILTER (${sql} IS NOT NULL)`;
const plainNumbers = (name: string): Column => ({ name, type: 'BIGINT', kind: 'number', sql: identifier(name) });

/** Expectations about one number of a column: both ends of a range belong to it unless they are strict. */
export const aggregateExpectations: Planners<Aggregate> = {
  expect_column_min_to_be_between: statistic('min', orderedColumn),
  expect_column_max_to_be_between: statistic('max', orderedColumn),
  expect_column_mean_to_be_between: statistic('avg', numericColumn),
  expect_column_median_to_be_between: statistic('median', numericColumn),
  expect_column_sum_to_be_between: statistic('sum', numericColumn),
  expect_column_stdev_to_be_between: statistic('stddev_samp', numericColumn),
  expect_column_unique_value_count_to_be_between: ({ column, ...range }, columns) =>
    rangePlan(plainNumbers(column), distinct(columnOf(columns, column).sql), range),
  expect_column_proportion_of_unique_values_to_be_between: ({ column, ...range }, columns) => {
    const { sql } = columnOf(columns, column);
    return rangePlan(plainNumbers(column), `${distinct(sql)} / nullif(count(${sql}), 0)`, range);
  },
  expect_column_quantile_values_to_be_between: (kwargs, columns) => {
    const { quantiles, value_ranges: ranges } = kwargs.quantile_ranges;
    const numbers = asNumber(numericColumn(columns, kwargs.column));
    // A value that is there, as SQL's percentile_disc; "linear" asks for one in between.
    const fn = kwargs.allow_relative_error === 'linear' ? 'quantile_cont' : 'quantile_disc';
    const aggregates = quantiles.map((q, i) => [`q${i}`, `CAST(${fn}(${numbers}, ${q}) AS DOUBLE)`] as const);
    return {
      aggregates: Object.fromEntries(aggregates),
      judge: (measured) => {
        const values = quantiles.map((_, i) => measured[`q${i}`] ?? null);
        const details = values.map((value, i) => {
          const [min = null, max = null] = ranges[i] ?? [];
          return typeof value === 'number' && isWithin(value, { min_value: min, max_value: max });
        });
        const observed_value = { quantiles, values };
        return { success: details.every(Boolean), result: { observed_value, details: { success_details: details } } };
      },
    };
  },
};
