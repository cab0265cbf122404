import type { Page, PageQuery } from '#contracts/common.ts';
import type { QualityReport, QualitySummary, ValidationReport } from '#contracts/validation.ts';
import { loadProject, type ProjectStore } from '../pipelines/index.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ReportArchive } from './ports.ts';
import { TREND_REPORTS, trendOf } from './trend.ts';

interface QualityDeps {
  readonly projects: ProjectStore;
  readonly reports: ReportArchive;
}

/** How long the link to a report's page works. */
const LINK_SECONDS = 900;

const failedOf = ({ results }: ValidationReport, severity: string): number =>
  results.filter(({ success, expectation_config: config }) => !success && config.severity === severity).length;

const summaryOf = (report: ValidationReport): QualitySummary => {
  const { results, ...summary } = report;
  const [critical, warning, info] = ['critical', 'warning', 'info'].map((severity) => failedOf(report, severity));
  return {
    ...summary,
    reportId: report.meta.report_id ?? '',
    failed: { critical: critical ?? 0, warning: warning ?? 0, info: info ?? 0 },
  };
};

/** Data-quality reports of a project, newest first. @throws PROJECT_NOT_FOUND */
export const listQualityReports = async (
  { projects, reports }: QualityDeps,
  project: string,
  page: PageQuery,
): Promise<Page<QualitySummary>> => {
  await loadProject(projects, project);
  const { items, ...rest } = await reports.list(project, page);
  return { items: items.map(summaryOf), ...rest };
};

/** One report with the trend of its expectations. @throws PROJECT_NOT_FOUND, REPORT_NOT_FOUND */
export const getQualityReport = async (
  { projects, reports }: QualityDeps,
  project: string,
  reportId: string,
): Promise<QualityReport> => {
  await loadProject(projects, project);
  const report = await reports.find(project, reportId);
  if (!report)
    throw new PlatformError(
      'REPORT_NOT_FOUND',
      `project ${project} has no data-quality report "${reportId}"; GET /projects/${project}/quality lists them`,
      { project },
    );
  const { items: earlier } = await reports.list(project, { maxResults: 2 * TREND_REPORTS });
  const htmlUrl = await reports.pageUrl(project, reportId, LINK_SECONDS);
  return { reportId, report, trend: trendOf(report, earlier), htmlUrl };
};
