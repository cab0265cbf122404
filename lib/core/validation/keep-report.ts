import type { ErrorCode } from '#contracts/errors.ts';
import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ReportArchive } from './ports.ts';
import { failureLine } from './report.ts';
import { reportHtml } from './report-html.ts';
import { TREND_REPORTS, trendOf } from './trend.ts';

/** Keeps a report, as JSON and as a page that also shows how its expectations went in the runs before. */
export const keepReport = async (
  reports: ReportArchive,
  id: string,
  report: ValidationReport,
): Promise<ValidationReport> => {
  const { project } = report.meta;
  const { items: earlier } = await reports.list(project, { maxResults: 2 * TREND_REPORTS });
  await reports.save(project, id, { report, html: reportHtml(report, trendOf(report, earlier)) });
  return report;
};

// A state machine's cause has an end; the report has everything.
const MOST_LINES = 20;

interface Refusal {
  readonly code: Extract<ErrorCode, 'EXPECTATIONS_NOT_MET' | 'CONTRACT_NOT_MET'>;
  readonly reportUri: string;
  readonly remedy: string;
}

const refuse = (report: ValidationReport, critical: readonly ExpectationResult[], why: Refusal): PlatformError => {
  const lines = critical.slice(0, MOST_LINES).map(failureLine);
  const rest = critical.length - lines.length;
  const more = rest > 0 ? `\n- and ${rest} more` : '';
  const { evaluated_expectations: all } = report.statistics;
  return new PlatformError(
    why.code,
    `${critical.length} critical of ${all} expectations are not met by data set ${report.meta.dataset_id}:\n- ` +
      `${lines.join('\n- ')}${more}\nReport: ${why.reportUri}. ${why.remedy}`,
    { reportUri: why.reportUri, failed: critical.map(({ expectation_config }) => expectation_config.type) },
  );
};

/** @throws the refusal's code when a critical expectation is not met */
export const requireMet = (report: ValidationReport, refusal: Refusal): void => {
  const critical = report.results.filter((r) => !r.success && r.expectation_config.severity === 'critical');
  if (critical.length > 0) throw refuse(report, critical, refusal);
};
