import { z } from 'zod';
import { Share } from './common.ts';
import {
  columnArgument as column,
  flag,
  mostly,
  numberRange,
  ofColumn,
  ofRows,
  ofValues,
  range,
  ranged,
  scalar,
  table,
  valueSet,
  wholeRange,
} from './expectation-arguments.ts';

const matchOn = z.enum(['any', 'all']).default('any');
const regex = z.string().min(1);
const pair = { column_A: column, column_B: column, mostly };
const pairRows = z
  .enum(['both_values_are_missing', 'either_value_is_missing', 'neither'])
  .default('both_values_are_missing');
const columnList = z.array(column).min(2);
const missingRows = z
  .enum(['all_values_are_missing', 'any_value_is_missing', 'never'])
  .default('all_values_are_missing');
const ofColumns = <T extends z.ZodRawShape>(shape: T) =>
  ofRows({ column_list: columnList, ignore_row_if: missingRows, mostly, ...shape });
const quantileRanges = z
  .strictObject({
    quantiles: z.array(Share).min(1),
    value_ranges: z.array(z.tuple([z.number().nullable(), z.number().nullable()])).min(1),
  })
  .refine((q) => q.quantiles.length === q.value_ranges.length, 'needs one value range a quantile');

/** Arguments of every expectation that the platform knows, by Great Expectations' name. */
export const expectationKwargs = {
  expect_table_columns_to_match_ordered_list: table({ column_list: z.array(column).min(1) }),
  expect_table_columns_to_match_set: table({
    column_set: z.array(column).min(1),
    exact_match: z.boolean().default(true),
  }),
  expect_table_column_count_to_equal: table({ value: z.int().min(0) }),
  expect_table_column_count_to_be_between: ranged(table(wholeRange)),
  expect_table_row_count_to_equal: ofRows({ value: z.int().min(0) }),
  expect_table_row_count_to_be_between: ranged(ofRows(wholeRange)),
  expect_column_to_exist: table({ column, column_index: z.int().min(0).nullish() }),
  expect_column_values_to_be_of_type: ofValues({ type_: z.string().min(1) }),
  expect_column_values_to_be_in_type_list: ofValues({ type_list: z.array(z.string().min(1)).min(1) }),
  expect_column_values_to_not_be_null: ofValues({}),
  expect_column_values_to_be_null: ofValues({}),
  expect_column_values_to_be_between: ranged(ofValues(range)),
  expect_column_values_to_be_in_set: ofValues({ value_set: valueSet }),
  expect_column_values_to_not_be_in_set: ofValues({ value_set: valueSet }),
  expect_column_values_to_match_regex: ofValues({ regex }),
  expect_column_values_to_not_match_regex: ofValues({ regex }),
  expect_column_values_to_match_regex_list: ofValues({ regex_list: z.array(regex).min(1), match_on: matchOn }),
  expect_column_values_to_not_match_regex_list: ofValues({ regex_list: z.array(regex).min(1) }),
  expect_column_values_to_match_strftime_format: ofValues({ strftime_format: z.string().min(1) }),
  expect_column_value_lengths_to_be_between: ranged(ofValues(wholeRange)),
  expect_column_value_lengths_to_equal: ofValues({ value: z.int().min(0) }),
  expect_column_value_z_scores_to_be_less_than: ofValues({ threshold: z.number(), double_sided: z.boolean() }),
  expect_column_values_to_be_increasing: ofValues({ strictly: flag }),
  expect_column_values_to_be_decreasing: ofValues({ strictly: flag }),
  expect_column_values_to_be_unique: ofValues({}),
  expect_compound_columns_to_be_unique: ofColumns({}),
  expect_select_column_values_to_be_unique_within_record: ofColumns({}),
  expect_multicolumn_sum_to_equal: ofColumns({ sum_total: z.number() }),
  expect_column_pair_values_to_be_equal: ofRows({ ...pair, ignore_row_if: pairRows }),
  expect_column_pair_values_a_to_be_greater_than_b: ofRows({ ...pair, or_equal: flag, ignore_row_if: pairRows }),
  expect_column_pair_values_to_be_in_set: ofRows({
    ...pair,
    value_pairs_set: z.array(z.tuple([scalar, scalar])).min(1),
    ignore_row_if: pairRows,
  }),
  expect_column_distinct_values_to_be_in_set: ofColumn({ value_set: valueSet }),
  expect_column_distinct_values_to_contain_set: ofColumn({ value_set: valueSet }),
  expect_column_distinct_values_to_equal_set: ofColumn({ value_set: valueSet }),
  expect_column_most_common_value_to_be_in_set: ofColumn({ value_set: valueSet, ties_okay: flag }),
  expect_column_proportion_of_unique_values_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_proportion_of_non_null_values_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_unique_value_count_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_min_to_be_between: ranged(ofColumn(range)),
  expect_column_max_to_be_between: ranged(ofColumn(range)),
  expect_column_mean_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_median_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_sum_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_stdev_to_be_between: ranged(ofColumn(numberRange)),
  expect_column_quantile_values_to_be_between: ofColumn({
    quantile_ranges: quantileRanges,
    allow_relative_error: z
      .union([z.boolean(), z.enum(['linear', 'lower', 'higher', 'midpoint', 'nearest'])])
      .nullish(),
  }),
} as const satisfies Record<string, z.ZodType>;

export type ExpectationType = keyof typeof expectationKwargs;
export type KwargsOf<T extends ExpectationType> = z.infer<(typeof expectationKwargs)[T]>;
