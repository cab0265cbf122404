import { z } from 'zod';

/** One expectation of a Great Expectations suite: 1.x field names, 0.18's are read too. */
export const Expectation = z
  .object({
    type: z.string().optional(),
    expectation_type: z.string().optional(),
    kwargs: z.record(z.string(), z.unknown()).default({}),
    severity: z.enum(['critical', 'warning', 'info']).default('critical'),
    meta: z.record(z.string(), z.unknown()).optional(),
    id: z.string().nullish(),
  })
  .loose();
export type Expectation = z.infer<typeof Expectation>;

export const ExpectationSuite = z
  .object({
    name: z.string().optional(),
    expectation_suite_name: z.string().optional(),
    expectations: z.array(Expectation).min(1),
  })
  .loose()
  .meta({ id: 'ExpectationSuite' });
export type ExpectationSuite = z.infer<typeof ExpectationSuite>;

/** Great Expectations' result shape, field by field. */
export const ExpectationResult = z.object({
  success: z.boolean(),
  expectation_config: z.object({ type: z.string(), kwargs: z.record(z.string(), z.unknown()), severity: z.string() }),
  result: z.record(z.string(), z.unknown()),
  /** Why an expectation could not be judged at all, such as a column that is not there. */
  exception_info: z.object({ raised_exception: z.boolean(), exception_message: z.string() }).optional(),
});
export type ExpectationResult = z.infer<typeof ExpectationResult>;

export const ValidationReport = z
  .object({
    success: z.boolean(),
    suite_name: z.string(),
    statistics: z.object({
      evaluated_expectations: z.int(),
      successful_expectations: z.int(),
      unsuccessful_expectations: z.int(),
      success_percent: z.number(),
    }),
    results: z.array(ExpectationResult),
    meta: z.object({ project: z.string(), dataset_id: z.string(), row_count: z.int(), validation_time: z.string() }),
  })
  .meta({ id: 'ValidationReport' });
export type ValidationReport = z.infer<typeof ValidationReport>;
