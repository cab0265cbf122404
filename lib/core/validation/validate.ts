import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ValidationReport } from '#contracts/validation.ts';
import { canonicalJson, type DataDeps, projectFile, requireDataset, viewDataset } from '../features/index.ts';
import { loadProject } from '../pipelines/index.ts';
import { keepReport, requireMet } from './keep-report.ts';
import { VIEW } from './plan.ts';
import type { ReportArchive } from './ports.ts';
import { reportOf } from './report.ts';
import { runSuite } from './run-suite.ts';
import type { Validated as Known } from './scan.ts';
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

interface Judging extends ValidateRequest {
  readonly suite: Suite;
  readonly reportId: string;
}

const judge = async (deps: ValidateDeps, judging: Judging): Promise<ValidationReport> => {
  const { project, datasetId, suite, reportId } = judging;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'ingested', datasetId });
  const results = await deps.engine.open(async (tables) => {
    await viewDataset(deps.objects, tables, { name: VIEW, manifest });
    return runSuite(tables, suite, knownOf(manifest));
  });
  const facts = { suiteName: suite.name, project, datasetId, rowCount: manifest.rowCount, time: deps.clock.now() };
  return reportOf(results, { ...facts, reportId, checked: 'suite' });
};

/** What the manifest knows of columns without NaN and infinities spares the engine to ask. */
export const knownOf = ({ columns }: DatasetManifest): Pick<Known, 'bounds' | 'missing'> => {
  const finite = columns.flatMap(({ name, nulls, min, max }) =>
    typeof min === 'number' && typeof max === 'number' ? [{ name, nulls, bounds: [min, max] as const }] : [],
  );
  return {
    bounds: new Map(finite.map(({ name, bounds }) => [name, bounds])),
    missing: new Map(finite.map(({ name, nulls }) => [name, nulls])),
  };
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
  const report =
    earlier ?? (await keepReport(deps.reports, id, await judge(deps, { ...request, suite, reportId: id })));
  const reportUri = deps.reports.uri(project, id);
  const remedy = `Correct the data, or the suite ${report.suite_name}`;
  requireMet(report, { code: 'EXPECTATIONS_NOT_MET', reportUri, remedy });
  return { report, reportUri };
};
