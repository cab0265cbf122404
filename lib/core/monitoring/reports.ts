import type { Page, PageQuery } from '#contracts/common.ts';
import type { DriftReport } from '#contracts/monitoring.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { ReportStore } from './ports.ts';
import { isReportId } from './report-id.ts';

interface ReportDeps {
  readonly projects: ProjectStore;
  readonly reports: ReportStore;
}

/** How long the link to a report's page works. */
const LINK_SECONDS = 900;

/** Drift reports of a project, newest first. @throws PROJECT_NOT_FOUND */
export const listReports = async (deps: ReportDeps, project: string, page: PageQuery): Promise<Page<DriftReport>> => {
  await loadProject(deps.projects, project);
  return deps.reports.list(project, page);
};

/** One report with a link to its page, good for 15 minutes. @throws PROJECT_NOT_FOUND, REPORT_NOT_FOUND */
export const getReport = async (
  { projects, reports }: ReportDeps,
  project: string,
  reportId: string,
): Promise<DriftReport & { htmlUrl: string }> => {
  await loadProject(projects, project);
  const report = isReportId(reportId) ? await reports.find(project, reportId) : undefined;
  if (report) return { ...report, htmlUrl: await reports.pageUrl(project, reportId, LINK_SECONDS) };
  throw new PlatformError(
    'REPORT_NOT_FOUND',
    `project ${project} has no drift report "${reportId.slice(0, 40)}"; GET /monitoring/${project}/reports lists them`,
    { project },
  );
};
