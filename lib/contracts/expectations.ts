import { z } from 'zod';
import { Share } from './common.ts';

// What Great Expectations itself writes beside the arguments: it changes no verdict here. Any other unknown argument,
// such as row_condition, would change it, and is refused.
const ignored = Object.fromEntries(
  [
    'meta',
    'notes',
    'batch_id',
    'result_format',
    'catch_exceptions',
    'include_config',
    'auto',
    'profiler_config',
    'rendered_content',
    'windows',
  ].map((name) => [name, z.unknown().optional()] as const),
) as Record<'meta', z.ZodOptional<z.ZodUnknown>>;

const column = z.string().min(1);
/** Share of the filled rows that must fit. */
const mostly = Share.default(1);
const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
const bound = z.union([z.number(), z.string()]).nullish();
const flag = z.boolean().nullish();
const range = { min_value: bound, max_value: bound, strict_min: flag, strict_max: flag };
const numberRange = {
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  strict_min: flag,
  strict_max: flag,
};
const hasBound = (kwargs: { min_value?: unknown; max_value?: unknown }): boolean =>
  (kwargs.min_value ?? kwargs.max_value ?? undefined) !== undefined;
const needsBound = 'needs min_value or max_value';

const table = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, ...ignored });
const ofColumn = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ column, ...shape, ...ignored });
const ofValues = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ column, mostly, ...shape, ...ignored });
const ofRange = ofColumn(range).refine(hasBound, needsBound);
const ofNumberRange = ofColumn(numberRange).refine(hasBound, needsBound);
const wholeRange = { ...numberRange, min_value: z.int().min(0).nullish(), max_value: z.int().min(0).nullish() };

const quantileRanges = z
  .strictObject({
    quantiles: z.array(Share).min(1),
    value_ranges: z.array(z.tuple([z.number().nullable(), z.number().nullable()])).min(1),
  })
  .refine((q) => q.quantiles.length === q.value_ranges.length, 'needs one value range a quantile');

const columnList = z.array(column).min(2);
const missingRows = z
  .enum(['all_values_are_missing', 'any_value_is_missing', 'never'])
  .default('all_values_are_missing');

/** Arguments of every expectation that the platform knows, by Great Expectations' name. */
export const expectationKwargs = {
  expect_table_columns_to_match_ordered_list: table({ column_list: z.array(column).min(1) }),
  expect_table_columns_to_match_set: table({
    column_set: z.array(column).min(1),
    exact_match: z.boolean().default(true),
  }),
  expect_table_column_count_to_equal: table({ value: z.int().min(0) }),
  expect_table_row_count_to_equal: table({ value: z.int().min(0) }),
  expect_table_row_count_to_be_between: table(wholeRange).refine(hasBound, needsBound),
  expect_column_to_exist: ofColumn({ column_index: z.int().min(0).nullish() }),
  expect_column_values_to_be_of_type: ofValues({ type_: z.string().min(1) }),
  expect_column_values_to_be_in_type_list: ofValues({ type_list: z.array(z.string().min(1)).min(1) }),
  expect_column_values_to_not_be_null: ofValues({}),
  expect_column_values_to_be_null: ofValues({}),
  expect_column_values_to_be_between: ofValues(range).refine(hasBound, needsBound),
  expect_column_values_to_be_in_set: ofValues({ value_set: z.array(scalar).min(1) }),
  expect_column_values_to_not_be_in_set: ofValues({ value_set: z.array(scalar).min(1) }),
  expect_column_values_to_match_regex: ofValues({ regex: z.string().min(1) }),
  expect_column_values_to_not_match_regex: ofValues({ regex: z.string().min(1) }),
  expect_column_value_lengths_to_be_between: ofValues(wholeRange).refine(hasBound, needsBound),
  expect_column_value_lengths_to_equal: ofValues({ value: z.int().min(0) }),
  expect_column_values_to_be_unique: ofValues({}),
  expect_compound_columns_to_be_unique: table({ column_list: columnList, ignore_row_if: missingRows, mostly }),
  expect_column_proportion_of_unique_values_to_be_between: ofNumberRange,
  expect_column_unique_value_count_to_be_between: ofNumberRange,
  expect_column_min_to_be_between: ofRange,
  expect_column_max_to_be_between: ofRange,
  expect_column_mean_to_be_between: ofNumberRange,
  expect_column_median_to_be_between: ofNumberRange,
  expect_column_sum_to_be_between: ofNumberRange,
  expect_column_stdev_to_be_between: ofNumberRange,
  expect_column_quantile_values_to_be_between: ofColumn({
    quantile_ranges: quantileRanges,
    allow_relative_error: z.union([z.boolean(), z.literal('linear')]).nullish(),
  }),
} as const satisfies Record<string, z.ZodType>;

export type ExpectationType = keyof typeof expectationKwargs;
export type KwargsOf<T extends ExpectationType> = z.infer<(typeof expectationKwargs)[T]>;
