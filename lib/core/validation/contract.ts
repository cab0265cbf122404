import type { DatasetManifest } from '#contracts/datasets.ts';
import type { Feature } from '#contracts/feature-views.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { ValidationReport } from '#contracts/validation.ts';
import {
  canonicalJson,
  type DatasetDeps,
  type FeatureCheck,
  identifier,
  type TableColumn,
  type TableEngine,
  type Tables,
  viewDataset,
} from '../features/index.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { keepReport, requireMet } from './keep-report.ts';
import type { ReportArchive } from './ports.ts';
import { reportOf } from './report.ts';
import { runSuite } from './run-suite.ts';
import { viewSuite } from './view-suite.ts';

export interface ContractDeps extends Pick<DatasetDeps, 'digest' | 'clock' | 'codeVersion'> {
  readonly reports: ReportArchive;
}

/** A data set that is made, or was, and the contract of its columns. */
interface ContractedData {
  readonly project: string;
  readonly datasetId: string;
  readonly features: readonly Feature[];
}

const VIEW = 'contracted rows';

const reportIdOf = (deps: ContractDeps, { datasetId, features }: ContractedData): string =>
  deps.digest.sha256(canonicalJson(['contract', datasetId, features, deps.codeVersion])).slice(0, 32);

const judge = async (
  deps: ContractDeps,
  data: ContractedData,
  { tables, query }: { tables: Tables; query: string },
): Promise<ValidationReport> => {
  await tables.run(`CREATE OR REPLACE TEMP VIEW ${identifier(VIEW)} AS ${query}`);
  const suite = viewSuite(data.features, 'contract of the feature views');
  const results = await runSuite(tables, suite, { from: identifier(VIEW) });
  const [counted] = await tables.rows(`SELECT count(*) AS n FROM ${identifier(VIEW)}`);
  const { project, datasetId } = data;
  const facts = { suiteName: suite.name, project, datasetId, rowCount: Number(counted?.n), time: deps.clock.now() };
  return reportOf(results, { ...facts, reportId: reportIdOf(deps, data), checked: 'contract' });
};

/**
 * Checks rows by what their feature views say of them, and keeps the report. Asked again for the same data set,
 * contract and code, it answers by the report that is there; `open` is then not called.
 * @throws CONTRACT_NOT_MET after the report was stored
 */
const checkContract = async (
  deps: ContractDeps,
  data: ContractedData,
  open: <T>(work: (rows: { tables: Tables; query: string }) => Promise<T>) => Promise<T>,
): Promise<void> => {
  if (data.features.length === 0) return;
  const id = reportIdOf(deps, data);
  const earlier = await deps.reports.find(data.project, id);
  const report = earlier ?? (await keepReport(deps.reports, id, await open((rows) => judge(deps, data, rows))));
  const remedy = 'Correct the SQL of the features, or the contract of the views in project.yaml';
  requireMet(report, { code: 'CONTRACT_NOT_MET', reportUri: deps.reports.uri(data.project, id), remedy });
};

/** What the views of a project say of the columns that are there. */
const contractOf = ({ project }: ProjectVersion, columns: readonly TableColumn[]): Feature[] => {
  const names = new Set(columns.map(({ name }) => name));
  const features = project.featureViews.flatMap((view) => view.features);
  return [...new Map(features.map((feature) => [feature.name, feature])).values()].filter(({ name }) =>
    names.has(name),
  );
};

/** Checks features before they are a data set. @throws CONTRACT_NOT_MET */
export const featureContract =
  (deps: ContractDeps): FeatureCheck =>
  async ({ tables, query, version, datasetId }) => {
    const features = contractOf(version, await tables.columnsOf(query));
    const data = { project: version.project.name, datasetId, features };
    await checkContract(deps, data, (work) => work({ tables, query }));
  };

/**
 * Checks a features data set by the contract of the project that is about to train on it: it may be a newer one than
 * the data set was made with. @throws CONTRACT_NOT_MET
 */
export const trainingContract = async (
  deps: ContractDeps & { readonly objects: ObjectStore; readonly engine: TableEngine },
  version: ProjectVersion,
  manifest: DatasetManifest,
): Promise<void> => {
  const features = contractOf(version, manifest.columns);
  const data = { project: version.project.name, datasetId: manifest.datasetId, features };
  await checkContract(deps, data, (work) =>
    deps.engine.open(async (tables) => {
      await viewDataset(deps.objects, tables, { name: 'features', manifest });
      return work({ tables, query: 'FROM features' });
    }),
  );
};
