import { z } from 'zod';
import { Name, ofProject, PageQuery, pageOf } from './common.ts';
import type { RouteTable } from './routes.ts';

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
    meta: z.object({
      project: z.string(),
      dataset_id: z.string(),
      row_count: z.int(),
      validation_time: z.string(),
      /** Absent in the report of a local file. */
      report_id: z.string().optional(),
      /** Of the project's suite, or of its views' contract. */
      checked: z.enum(['suite', 'contract']).optional(),
    }),
  })
  .meta({ id: 'ValidationReport' });
export type ValidationReport = z.infer<typeof ValidationReport>;

/** What one run saw of an expectation: a number of its own, or the share in percent that did not fit. */
export const TrendPoint = z.object({
  reportId: z.string(),
  time: z.string(),
  success: z.boolean(),
  value: z.number().nullable(),
});
export type TrendPoint = z.infer<typeof TrendPoint>;

/** An expectation over the runs, oldest first. */
export const ExpectationTrend = z.object({
  type: z.string(),
  kwargs: z.record(z.string(), z.unknown()),
  measures: z.enum(['observed_value', 'unexpected_percent']),
  points: z.array(TrendPoint),
});
export type ExpectationTrend = z.infer<typeof ExpectationTrend>;

/** A report without its results, as lists have it. */
export const QualitySummary = ValidationReport.omit({ results: true })
  .extend({
    reportId: z.string(),
    /** Expectations that were not met, by severity. */
    failed: z.object({ critical: z.int(), warning: z.int(), info: z.int() }),
  })
  .meta({ id: 'QualitySummary' });
export type QualitySummary = z.infer<typeof QualitySummary>;

export const QualityReport = z
  .object({
    reportId: z.string(),
    report: ValidationReport,
    trend: z.array(ExpectationTrend),
    /** Address of the page, for some minutes. */
    htmlUrl: z.string(),
  })
  .meta({ id: 'QualityReport' });
export type QualityReport = z.infer<typeof QualityReport>;

export const validationRoutes = {
  listQualityReports: {
    method: 'GET',
    path: '/projects/{project}/quality',
    summary: 'Data-quality reports of a project, newest first',
    role: 'viewer',
    params: ofProject,
    query: PageQuery,
    reply: pageOf(QualitySummary),
  },
  getQualityReport: {
    method: 'GET',
    path: '/projects/{project}/quality/{reportId}',
    summary: 'One data-quality report with the trend of each expectation and a link to its page',
    role: 'viewer',
    params: z.object({ project: Name, reportId: z.string().regex(/^[0-9a-f]{32}$/) }),
    reply: QualityReport,
  },
} as const satisfies RouteTable;
