import { z } from 'zod';
import { ofProject, PageQuery, pageOf, Share } from './common.ts';
import { ViewHealth } from './features.ts';
import type { RouteTable } from './routes.ts';

export const DriftTest = z.enum(['ks', 'chi-squared', 'z']);
export type DriftTest = z.infer<typeof DriftTest>;

export const ColumnDrift = z.object({
  column: z.string(),
  test: DriftTest,
  statistic: z.number(),
  pValue: Share,
  /** Effect size the verdict also needs: KS distance, Cramér's V (samples weighted alike), difference of shares. */
  effect: z.number(),
  drifted: z.boolean(),
  /** Share of missing values: tested by z for numbers, when it changed more than those that are there; a category of text. */
  missing: z.object({ reference: Share, current: Share }).optional(),
});
export type ColumnDrift = z.infer<typeof ColumnDrift>;

export const DriftVerdict = z.enum(['none', 'warning', 'severe', 'not-enough-data']);
export type DriftVerdict = z.infer<typeof DriftVerdict>;

export const DriftReport = z
  .object({
    reportId: z.string(),
    project: z.string(),
    model: z.string(),
    modelVersion: z.int().positive(),
    windowStart: z.string(),
    windowEnd: z.string(),
    referenceDatasetId: z.string(),
    referenceRows: z.int(),
    currentRows: z.int(),
    columns: z.array(ColumnDrift),
    /** Drift of the predicted probability, of several classes the class, else the number, against the version's reference. */
    prediction: ColumnDrift.optional(),
    driftedShare: Share,
    verdict: DriftVerdict,
    /** The project's feature views as they were last measured. */
    views: z.array(ViewHealth).optional(),
    createdAt: z.string(),
  })
  .meta({ id: 'DriftReport' });
export type DriftReport = z.infer<typeof DriftReport>;

/**
 * Metrics of a drift report in CloudWatch, dimensions Project and Model; dataDrift also has Feature and Test. Verdict: 0
 * none, 1 warning, 2 severe; nothing is published when there is not enough data.
 */
export const monitoringMetrics = {
  namespace: 'MlopsPlatform/Monitoring',
  /** Effect size of one feature. */
  dataDrift: 'data_drift_score',
  /** Share of drifted features. */
  driftedShare: 'drift_score',
  /** Effect size of the predictions. */
  predictionDrift: 'prediction_drift_score',
  verdict: 'drift_verdict',
} as const;

export const DriftReportPage = pageOf(DriftReport);
export const monitoringRoutes = {
  listReports: {
    method: 'GET',
    path: '/monitoring/{project}/reports',
    summary: 'Drift reports, newest first',
    role: 'viewer',
    params: ofProject,
    query: PageQuery,
    reply: DriftReportPage,
  },
  getReport: {
    method: 'GET',
    path: '/monitoring/{project}/reports/{reportId}',
    summary: 'One drift report with a link to its page',
    role: 'viewer',
    params: ofProject,
    reply: DriftReport.extend({ htmlUrl: z.string() }),
  },
} as const satisfies RouteTable;
