import { literal } from '../features/tables/index.ts';
import type { Column } from './column.ts';
import { columnIn } from './domain.ts';
import { mapPlan } from './map-plan.ts';
import type { Planners } from './plan.ts';
import { fromPython, wholePattern } from './python-regex.ts';
import { type Range, within } from './range.ts';
import { fitsFormat } from './strptime.ts';

type Patterns = Extract<
  keyof Planners,
  `expect_column_values_to_${'' | 'not_'}match_${string}` | `expect_column_value_lengths_${string}`
>;

const textOf = ({ sql, type }: Column): string => (type === 'VARCHAR' ? sql : `CAST(${sql} AS VARCHAR)`);
const matches = (column: Column, regex: string): string => {
  const whole = wholePattern(regex);
  return whole === undefined
    ? `regexp_matches(${textOf(column)}, ${literal(fromPython(regex))})`
    : `regexp_full_match(${textOf(column)}, ${literal(whole)})`;
};
const anyOf = (column: Column, list: readonly string[], match: 'any' | 'all' = 'any'): string =>
  `(${list.map((regex) => matches(column, regex)).join(match === 'any' ? ' OR ' : ' AND ')})`;
const lengthWithin = (column: Column, range: Range): string =>
  within({ ...column, kind: 'number', type: 'BIGINT', sql: `length(${textOf(column)})` }, range);

/** Expectations about the text of values. */
export const patternExpectations: Planners<Patterns> = {
  expect_column_values_to_match_regex: ({ column, mostly, regex }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: matches(seen, regex) });
  },
  expect_column_values_to_not_match_regex: ({ column, mostly, regex }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: `NOT ${matches(seen, regex)}` });
  },
  expect_column_values_to_match_regex_list: ({ column, mostly, regex_list: list, match_on: match }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: anyOf(seen, list, match) });
  },
  expect_column_values_to_not_match_regex_list: ({ column, mostly, regex_list: list }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: `NOT ${anyOf(seen, list)}` });
  },
  expect_column_values_to_match_strftime_format: ({ column, mostly, strftime_format: format }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: fitsFormat(seen, format) });
  },
  expect_column_value_lengths_to_be_between: ({ column, mostly, ...range }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: lengthWithin(seen, range) });
  },
  expect_column_value_lengths_to_equal: ({ column, mostly, value }, domain) => {
    const seen = columnIn(domain, column);
    return mapPlan(domain, seen, { mostly, good: lengthWithin(seen, { min_value: value, max_value: value }) });
  },
};
