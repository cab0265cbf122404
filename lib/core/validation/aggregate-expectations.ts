import { asNumber, boundOf, type Column } from './column.ts';
import { columnIn, countOf, type Domain, distinctOf, filledOf, over } from './domain.ts';
import { CannotJudge, type Plan, type Planners } from './plan.ts';
import { isWithin, type Range } from './range.ts';
import { shownNumber } from './shown.ts';

type Aggregate =
  | `expect_column_${'min' | 'max' | 'mean' | 'median' | 'sum' | 'stdev'}_to_be_between`
  | `expect_column_proportion_of_${'unique' | 'non_null'}_values_to_be_between`
  | 'expect_column_unique_value_count_to_be_between';

const shown = (column: Column, value: number): unknown =>
  column.kind === 'time' ? new Date(value).toISOString().replace(/(\.000)?Z$/, '') : shownNumber(value);

/** The least and the greatest are values of the column. */
const extreme = (column: Column, value: number): unknown =>
  column.kind === 'boolean' ? value === 1 : shown(column, value);

/** @throws CannotJudge unless the column holds numbers */
export const numericColumn = (domain: Domain, name: string): Column => {
  const column = columnIn(domain, name);
  if (column.kind === 'number' || column.kind === 'boolean') return column;
  throw new CannotJudge(`column "${name}" is ${column.type}, and this expectation needs numbers`);
};

/** Min and max also look at times; of text they have none to compare with a number. */
const orderedColumn = (domain: Domain, name: string): Column => {
  const column = columnIn(domain, name);
  return column.kind === 'time' ? column : numericColumn(domain, name);
};

// NaN, as of two infinities, is inside nothing; nor is what an empty column gives.
const judgeRange = (range: Range, column?: Column, show = shown): Plan['judge'] =>
  function judge({ observed }) {
    if (typeof observed !== 'number' || Number.isNaN(observed))
      return { success: false, result: { observed_value: null } };
    const toNumber = (bound: string | number): number => Number(column ? boundOf(column, bound) : bound);
    const success = isWithin(observed, range, toNumber);
    return { success, result: { observed_value: column ? show(column, observed) : shownNumber(observed) } };
  };

const numberOf = (column: Column): string =>
  column.kind === 'number' ? column.sql : column.kind === 'time' ? asNumber(column) : `${column.sql}::DOUBLE`;

const statistic =
  (call: (numbers: string) => string, find = numericColumn, show = shown) =>
  ({ column, ...range }: { column: string } & Range, domain: Domain): Plan => {
    const seen = find(domain, column);
    const observed = `CAST(${over(domain, call(numberOf(seen)))} AS DOUBLE)`;
    return { aggregates: { observed }, judge: judgeRange(range, seen, show) };
  };

/** What the engine refuses to compute over infinities is NaN, as for pandas. */
export const stdev = (domain: Domain, { name, sql }: Column): string => {
  const numbers = `${sql}::DOUBLE`;
  const bounds = domain.bounds?.get(name);
  if (bounds?.every(Number.isFinite)) return `CAST(${over(domain, `stddev_samp(${numbers})`)} AS DOUBLE)`;
  const finite = over(domain, `stddev_samp(${numbers})`, `isfinite(${numbers})`);
  const infinite = over(domain, 'count(*)', `isinf(${numbers})`);
  return `CASE WHEN ${infinite} = 0 THEN CAST(${finite} AS DOUBLE) END`;
};

// Of nothing, it is 0 for Great Expectations.
const share = (part: string, whole: string): string => `coalesce(${part} / nullif(${whole}, 0), 0)`;
const distinct = (domain: Domain, column: Column): string => distinctOf(domain, [column], `${column.sql} IS NOT NULL`);

/** Expectations about one number of a column: both ends of a range belong to it unless they are strict. */
export const aggregateExpectations: Planners<Aggregate> = {
  expect_column_min_to_be_between: statistic((x) => `min(${x})`, orderedColumn, extreme),
  expect_column_max_to_be_between: statistic((x) => `max(${x})`, orderedColumn, extreme),
  expect_column_mean_to_be_between: statistic((x) => `avg(${x})`),
  expect_column_median_to_be_between: statistic((x) => `median(${x})`),
  expect_column_sum_to_be_between: ({ column, ...range }, domain) => {
    const numbers = numberOf(numericColumn(domain, column));
    // A sum of nothing is 0 for Great Expectations.
    const observed = `CAST(coalesce(${over(domain, `sum(${numbers})`)}, 0) AS DOUBLE)`;
    return { aggregates: { observed }, judge: judgeRange(range) };
  },
  expect_column_stdev_to_be_between: ({ column, ...range }, domain) => {
    const observed = stdev(domain, numericColumn(domain, column));
    return { aggregates: { observed }, judge: judgeRange(range) };
  },
  expect_column_unique_value_count_to_be_between: ({ column, ...range }, domain) => ({
    aggregates: { observed: distinct(domain, columnIn(domain, column)) },
    judge: judgeRange(range),
  }),
  expect_column_proportion_of_unique_values_to_be_between: ({ column, ...range }, domain) => {
    const seen = columnIn(domain, column);
    const filled = filledOf(domain, seen);
    return { aggregates: { observed: share(distinct(domain, seen), filled) }, judge: judgeRange(range) };
  },
  expect_column_proportion_of_non_null_values_to_be_between: ({ column, ...range }, domain) => {
    const filled = filledOf(domain, columnIn(domain, column));
    return { aggregates: { observed: share(filled, countOf(domain)) }, judge: judgeRange(range) };
  },
};
