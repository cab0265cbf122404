import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';
import { canonicalJson, type DataDeps, projectFile, requireDataset, viewDataset } from '../features/index.ts';
import { loadProject } from '../pipelines/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { VIEW } from './plan.ts';
import type { ReportArchive } from './ports.ts';
import { failureLine, reportOf } from './report.ts';
import { reportHtml } from './report-html.ts';
import { runSuite } from './run-suite.ts';
import { parseSuite, type Suite } from './suite.ts';

export interface ValidateDeps extends DataDeps {
  readonly reports: ReportArchive;
}

export interface ValidateRequest {
  readonly project: string;
  readonly projectVersion: number;
  readonly datasetId: string;
}

export interface Validated {
  readonly report: ValidationReport;
  /** s3://…/{id}.json; the page is {id}.html beside it. */
  readonly reportUri: string;
}

// A state machine's cause has an end; the report has everything.
const MOST_LINES = 20;

const judge = async (deps: ValidateDeps, request: ValidateRequest, suite: Suite): Promise<ValidationReport> => {
  const { project, datasetId } = request;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'ingested', datasetId });
  const results = await deps.engine.open(async (tables) => {
    await viewDataset(deps.objects, tables, { name: VIEW, manifest });
    return runSuite(tables, suite);
  });
  const facts = { suiteName: suite.name, project, datasetId, rowCount: manifest.rowCount, time: deps.clock.now() };
  return reportOf(results, facts);
};

const refuse = (critical: readonly ExpectationResult[], { report, reportUri }: Validated): PlatformError => {
  const lines = critical.slice(0, MOST_LINES).map(failureLine);
  const rest = critical.length - lines.length;
  const more = rest > 0 ? `\n- and ${rest} more` : '';
  const { evaluated_expectations: all } = report.statistics;
  return new PlatformError(
    'EXPECTATIONS_NOT_MET',
    `${critical.length} critical of ${all} expectations are not met by data set ${report.meta.dataset_id}:\n- ` +
      `${lines.join('\n- ')}${more}\nReport: ${reportUri}. Correct the data, or the suite ${report.suite_name}`,
    { reportUri, failed: critical.map(({ expectation_config }) => expectation_config.type) },
  );
};

/**
 * Judges an ingested data set by the project's suite and keeps the report, JSON and page. Asked again for the same data
 * set, suite and code, it answers by the report that is there.
 * @throws EXPECTATIONS_NOT_MET when a critical expectation fails, after the report was stored; SUITE_INVALID
 */
export const validate = async (deps: ValidateDeps, request: ValidateRequest): Promise<Validated> => {
  const { project, datasetId } = request;
  const version = await loadProject(deps.projects, project, request.projectVersion);
  const file = version.project.expectations;
  const text = projectFile(version, file);
  const suite = parseSuite(text, file);
  const id = deps.digest.sha256(canonicalJson(['validation', datasetId, text, deps.codeVersion])).slice(0, 32);
  const earlier = await deps.reports.find(project, id);
  const report = earlier ?? (await judge(deps, request, suite));
  if (!earlier) await deps.reports.save(project, id, { report, html: reportHtml(report) });
  const validated = { report, reportUri: deps.reports.uri(project, id) };
  const critical = report.results.filter((r) => !r.success && r.expectation_config.severity === 'critical');
  if (critical.length > 0) throw refuse(critical, validated);
  return validated;
};
