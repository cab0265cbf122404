import { identifier } from '../features/tables/index.ts';
import { type Column, isOneOf } from './column.ts';
import { all, columnIn, countOf, type Domain, over } from './domain.ts';
import { type Measured, type Plan, type Planners, SAMPLE_SIZE, type Scan } from './plan.ts';
import { shownValue } from './shown.ts';

type Sets =
  | `expect_column_distinct_values_to_${'be_in' | 'contain' | 'equal'}_set`
  | 'expect_column_most_common_value_to_be_in_set';
type Value = string | number | boolean | null;

const listIn = (cell: unknown): (string | null)[] => JSON.parse(String(cell ?? '[]')) as (string | null)[];
const asJson = (list: string): string => `CAST(to_json(${list}) AS VARCHAR)`;
const filled = (values: readonly Value[]) => [...new Set(values.filter((value) => value !== null))];

/** Distinct values outside of the set: how many, and the least of them. */
const outside = (domain: Domain, column: Column, values: readonly Value[]) => {
  const bad = all(`${column.sql} IS NOT NULL`, `NOT ${isOneOf(column, values)}`);
  return {
    aggregates: { outside: over(domain, `count(DISTINCT ${column.sql})`, bad) },
    closer: { some: asJson(`CAST(${over(domain, `min(DISTINCT ${column.sql}, ${SAMPLE_SIZE})`, bad)} AS VARCHAR[])`) },
    result: ({ outside: count, some }: Measured) => ({
      unexpected_count: Number(count),
      partial_unexpected_list: listIn(some).map((text) => shownValue(column, text)),
    }),
  };
};

/** Values of the set that the column lacks. Each is looked for by itself, so the answer is as short as the set. */
const absent = (domain: Domain, column: Column, values: readonly Value[]) => {
  const wanted = filled(values);
  const found = (value: Value): string => `${countOf(domain, isOneOf(column, [value]))} > 0`;
  return {
    aggregates: { found: asJson(`[${wanted.map(found).join(', ')}]`) },
    result: ({ found: flags }: Measured) => {
      const there = JSON.parse(String(flags ?? '[]')) as boolean[];
      const missing = wanted.filter((_, i) => !there[i]);
      return { missing_count: missing.length, partial_missing_list: missing.slice(0, SAMPLE_SIZE) };
    },
  };
};

const isThere = (count: unknown): boolean => Number(count) > 0;

// Who is most common is known only when all are counted: a grouping of the column.
const mostCommon = (domain: Domain, column: Column): Scan => ({
  aggregates: { modes: asJson(`list(CAST(v AS VARCHAR) ORDER BY v)`) },
  over: (table: string): string => {
    const groups = `SELECT ${column.sql} AS v, count(*) AS n FROM ${table} WHERE ${all(domain.when, `${column.sql} IS NOT NULL`)} GROUP BY ALL`;
    return `(SELECT v FROM (${groups}) QUALIFY n = max(n) OVER ()) AS ${identifier('modes')}`;
  },
});

const same = (column: Column, shown: unknown, value: Value): boolean =>
  column.kind === 'boolean' ? shown === Boolean(value) : shown === value;

const inSet = (domain: Domain, column: Column, values: readonly Value[]): Plan => {
  const bad = outside(domain, column, values);
  return {
    aggregates: bad.aggregates,
    closer: ({ outside: count }) => (isThere(count) ? [{ aggregates: bad.closer }] : []),
    judge: (measured) => {
      const result = bad.result(measured);
      return { success: result.unexpected_count === 0, result: { observed_value: null, ...result } };
    },
  };
};

/** Expectations about the set of a column's values. */
export const setExpectations: Planners<Sets> = {
  expect_column_distinct_values_to_be_in_set: ({ column, value_set: values }, domain) =>
    inSet(domain, columnIn(domain, column), values),
  expect_column_distinct_values_to_contain_set: ({ column, value_set: values }, domain) => {
    const { aggregates, result: resultOf } = absent(domain, columnIn(domain, column), values);
    return {
      aggregates,
      judge: (measured) => {
        const result = resultOf(measured);
        return { success: result.missing_count === 0, result: { observed_value: null, ...result } };
      },
    };
  },
  expect_column_distinct_values_to_equal_set: ({ column, value_set: values }, domain) => {
    const seen = columnIn(domain, column);
    const [more, less] = [inSet(domain, seen, values), absent(domain, seen, values)];
    return {
      ...more,
      aggregates: { ...more.aggregates, ...less.aggregates },
      judge: (measured) => {
        const [{ success, result }, missing] = [more.judge(measured), less.result(measured)];
        return { success: success && missing.missing_count === 0, result: { ...result, ...missing } };
      },
    };
  },
  expect_column_most_common_value_to_be_in_set: ({ column, value_set: values, ties_okay: ties }, domain) => {
    const seen = columnIn(domain, column);
    return {
      aggregates: {},
      derived: mostCommon(domain, seen),
      judge: ({ modes }) => {
        const observed_value = listIn(modes).map((text) => shownValue(seen, text));
        const hits = observed_value.filter((shown) => values.some((value) => same(seen, shown, value))).length;
        const success = ties ? hits > 0 : observed_value.length === 1 && hits === 1;
        return { success, result: { observed_value } };
      },
    };
  },
};
