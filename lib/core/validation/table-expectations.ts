import { columnOf } from './column.ts';
import { decided, type Measured, type Planners } from './plan.ts';
import { isWithin } from './range.ts';
import { isOfType } from './types.ts';

type Table = Extract<
  keyof Planners,
  | `expect_table_${string}`
  | 'expect_column_to_exist'
  | 'expect_column_values_to_be_of_type'
  | 'expect_column_values_to_be_in_type_list'
>;

const rowCount = (fits: (rows: number) => boolean) => ({
  aggregates: {},
  judge: ({ row_count: rows }: Measured) => ({ success: fits(Number(rows)), result: { observed_value: Number(rows) } }),
});

const mismatches = (wanted: readonly string[], seen: readonly string[]) =>
  Array.from({ length: Math.max(wanted.length, seen.length) }, (_, i) => ({
    'Expected Column Position': i,
    Expected: wanted[i] ?? null,
    Found: seen[i] ?? null,
  })).filter(({ Expected, Found }) => Expected !== Found);

/** Expectations about the table's shape: most are answered by its schema alone. */
export const tableExpectations: Planners<Table> = {
  expect_table_columns_to_match_ordered_list: ({ column_list: wanted }, { columns }) => {
    const seen = columns.map(({ name }) => name);
    const mismatched = mismatches(wanted, seen);
    const details = mismatched.length > 0 ? { details: { mismatched } } : {};
    return decided({ success: mismatched.length === 0, result: { observed_value: seen, ...details } });
  },
  expect_table_columns_to_match_set: ({ column_set: wanted, exact_match: exact }, { columns }) => {
    const seen = columns.map(({ name }) => name);
    const missing = wanted.filter((name) => !seen.includes(name)).sort();
    const more = seen.filter((name) => !wanted.includes(name)).sort();
    const success = missing.length === 0 && (!exact || more.length === 0);
    const mismatched = { ...(more.length > 0 && { unexpected: more }), ...(missing.length > 0 && { missing }) };
    const details = missing.length + more.length === 0 ? {} : { details: { mismatched } };
    return decided({ success, result: { observed_value: [...seen].sort(), ...details } });
  },
  expect_table_column_count_to_equal: ({ value }, { columns }) =>
    decided({ success: columns.length === value, result: { observed_value: columns.length } }),
  expect_table_column_count_to_be_between: (kwargs, { columns }) =>
    decided({ success: isWithin(columns.length, kwargs), result: { observed_value: columns.length } }),
  expect_table_row_count_to_equal: ({ value }) => rowCount((rows) => rows === value),
  expect_table_row_count_to_be_between: (kwargs) => rowCount((rows) => isWithin(rows, kwargs)),
  expect_column_to_exist: ({ column, column_index: index }, { columns }) => {
    const at = columns.findIndex(({ name }) => name === column);
    return decided({ success: at >= 0 && (index == null || index === at), result: {} });
  },
  expect_column_values_to_be_of_type: ({ column, type_: wanted }, { columns }) => {
    const { type } = columnOf(columns, column);
    return decided({ success: isOfType(type, wanted), result: { observed_value: type } });
  },
  expect_column_values_to_be_in_type_list: ({ column, type_list: list }, { columns }) => {
    const { type } = columnOf(columns, column);
    return decided({ success: list.some((wanted) => isOfType(type, wanted)), result: { observed_value: type } });
  },
};
