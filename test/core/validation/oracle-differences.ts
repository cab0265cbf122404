import type { ExpectationResult } from '#contracts/validation.ts';
import type { OracleCase } from './oracle.ts';

/** Where the platform answers otherwise than Great Expectations on pandas, and why. */
const reasoned: readonly { readonly why: string; readonly holds: (asked: OracleCase) => boolean }[] = [
  {
    why: 'pandas compares no datetime with a date: Great Expectations raises, the platform reads the date as midnight',
    holds: ({ type, kwargs, raised }) =>
      raised === true &&
      type === 'expect_column_values_to_be_between' &&
      kwargs.column === 't' &&
      'min_value' in kwargs,
  },
  {
    why: 'Great Expectations looks in a list of types for the text of pandas by another name than for one type',
    holds: ({ type, kwargs }) =>
      type === 'expect_column_values_to_be_in_type_list' && `${kwargs.type_list}`.includes('str'),
  },
  {
    why: 'pandas has no whole numbers that are missing: it holds them as fractions',
    holds: ({ type, kwargs, success }) =>
      /_of_type/.test(type) && kwargs.type_ === 'int64' && kwargs.column === 'k' && !success,
  },
  {
    why: 'RE2 has no negated class inside of brackets that is of Unicode: \\W there is of ASCII',
    holds: ({ kwargs }) => kwargs.regex === '[^\\W\\d_]',
  },
];

export const reasons = reasoned.map(({ why }) => why);
export const reasonFor = (asked: OracleCase): string | undefined => reasoned.find(({ holds }) => holds(asked))?.why;

/** Result fields that say the same in other words or in no certain order. */
const alike: Readonly<Record<string, (value: unknown) => unknown>> = {
  // A Python set has no order.
  partial_missing_list: (value) => [...(value as unknown[])].map((one) => JSON.stringify(one)).sort(),
  // pandas' NaNs differ from one another, so each is counted for itself and the order beside them is none.
  partial_unexpected_counts: (value) => {
    const counts = new Map<string, number>();
    for (const { value: one, count } of value as { value: unknown; count: number }[]) {
      const key = JSON.stringify(one === 'NaT' ? null : one);
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  },
};

const plain = (value: unknown): unknown => {
  if (value === 'NaT') return null;
  // The mode of times comes with digits of the second, as numpy writes them.
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0{6}$/, '$1');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, Object.hasOwn(alike, key) ? alike[key]!(plain(one)) : plain(one)]),
  );
};

const isOfTypes = /_of_type|_type_list/;

/**
 * Both results as they can be compared. Of a column's type the verdict alone counts, for each engine has names of its
 * own; counts that pandas could not sort, texts beside nothing, are missing there.
 */
export const comparable = (
  { type, result = {} }: OracleCase,
  seen: ExpectationResult['result'],
): [unknown, unknown] => {
  if (isOfTypes.test(type)) return [undefined, undefined];
  const { partial_unexpected_counts: counts, ...rest } = seen;
  const kept = 'partial_unexpected_counts' in result ? seen : rest;
  return [plain(result), plain(kept)];
};
