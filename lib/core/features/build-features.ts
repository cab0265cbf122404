import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import { loadProject } from '../pipelines/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { joinedViews, trainedParts } from './catalog/trained-on.ts';
import { canonicalJson, type DatasetRecipe, datasetId as datasetIdOf } from './dataset-id.ts';
import { findDataset, requireDataset, storeDataset, viewDataset } from './datasets.ts';
import { declaredFeatures, fairnessColumns, featureColumns } from './feature-columns.ts';
import type { DataDeps } from './ingest.ts';
import { joinedInputs, withJoinedViews } from './join-trained.ts';
import { withTrainedOnDemand } from './on-demand/index.ts';
import type { Tables } from './ports.ts';
import { projectFile, servedEntity } from './project-sql.ts';
import { identifier } from './sql-text.ts';

export interface FeaturesRequest {
  readonly project: string;
  readonly projectVersion: number;
  /** The ingested data set that was validated. */
  readonly datasetId: string;
  readonly end: string;
}

const TABLE = 'features result';

const recipeOf = async (deps: DataDeps, version: ProjectVersion, request: FeaturesRequest): Promise<DatasetRecipe> => {
  const { project } = version;
  const onDemand = trainedParts(project);
  const joined = joinedViews(project);
  const fairness = fairnessColumns(project);
  const shape = [
    declaredFeatures(project),
    servedEntity(version),
    project.label.name,
    ...(onDemand ? [onDemand] : []),
    ...(joined.length > 0 ? [joined] : []),
    ...(fairness.length > 0 ? [{ fairness }] : []),
  ];
  const parameters = {
    sql: deps.digest.sha256(projectFile(version, project.features.sql)),
    columns: deps.digest.sha256(canonicalJson(shape)),
    end: new Date(request.end).toISOString(),
  };
  const inputs = { datasets: [request.datasetId], files: await joinedInputs(deps, version), parameters };
  return { kind: 'features', project: project.name, inputs, codeVersion: deps.codeVersion };
};

const checkKey = async (tables: Tables, file: string, key: string): Promise<void> => {
  const column = identifier(key);
  const [seen] = await tables.rows(
    `SELECT count(*) AS rows, count(${column}) AS filled, count(DISTINCT ${column}) AS distinct_keys FROM ${identifier(TABLE)}`,
  );
  const { rows, filled, distinct_keys: distinct } = seen ?? {};
  if (Number(rows) === 0)
    throw new PlatformError('TOO_FEW_ROWS', `${file} gave no rows; check its WHERE and its joins`, { file });
  if (filled !== rows)
    throw new PlatformError(
      'KEY_HAS_NULLS',
      `${file} gives ${Number(rows) - Number(filled)} of ${rows} rows without "${key}"; every row needs one`,
      { file, column: key, count: Number(rows) - Number(filled) },
    );
  if (distinct !== rows) throw await repeated(tables, file, key);
};

const repeated = async (tables: Tables, file: string, key: string): Promise<PlatformError> => {
  const column = identifier(key);
  const rows = await tables.rows(
    `SELECT ${column} AS key, count(*) AS n FROM ${identifier(TABLE)} GROUP BY ALL HAVING n > 1 ORDER BY n DESC, key LIMIT 5`,
  );
  const first = rows.map(({ key: value, n }) => `${value} (${n} rows)`);
  return new PlatformError(
    'KEY_NOT_UNIQUE',
    `${file} gives "${key}" more than once: ${first.join(', ')}; it must give one row an entity: look for a join that ` +
      'repeats rows',
    { file, column: key, first },
  );
};

/** Rows that are about to become a features data set. */
export interface NewFeatures {
  readonly tables: Tables;
  readonly query: string;
  readonly version: ProjectVersion;
  readonly datasetId: string;
}
/** Refuses rows before they are a data set. */
export type FeatureCheck = (features: NewFeatures) => Promise<void>;

const build = async (
  deps: DataDeps,
  tables: Tables,
  work: { version: ProjectVersion; recipe: DatasetRecipe; end: string; check: FeatureCheck | undefined },
) => {
  const { version, recipe } = work;
  const { project } = version;
  const [datasetId = ''] = recipe.inputs.datasets;
  const manifest = await requireDataset(deps.catalog, { project: project.name, kind: 'ingested', datasetId });
  await viewDataset(deps.objects, tables, { name: 'dataset', manifest });
  const file = project.features.sql;
  await tables.createTable(TABLE, { text: projectFile(version, file), file, parameters: {} });
  const seen = await tables.columnsOf(`FROM ${identifier(TABLE)}`);
  const columns = featureColumns(version, seen, new Date(work.end));
  const key = servedEntity(version).joinKey;
  await checkKey(tables, file, key);
  const select = `SELECT ${columns.join(', ')} FROM ${identifier(TABLE)}`;
  const joined = await withJoinedViews(deps, tables, { version, query: select });
  const query = `${withTrainedOnDemand(project, joined)} ORDER BY 1`;
  await work.check?.({ tables, query, version, datasetId: datasetIdOf(deps.digest, recipe) });
  return storeDataset(deps, tables, { recipe, projectVersion: version.version, step: 'build-features', query });
};

/**
 * Runs the project's features SQL over the validated data set (view `dataset`), joins what views with a source of their
 * own know as of the end, adds the on-demand features that models take, and stores one row an entity.
 * @throws SQL_INVALID, COLUMN_MISSING, TYPE_MISMATCH, KEY_HAS_NULLS, KEY_NOT_UNIQUE, TOO_FEW_ROWS
 */
export const buildFeatures = async (
  deps: DataDeps,
  request: FeaturesRequest,
  check?: FeatureCheck,
): Promise<DatasetManifest> => {
  const version = await loadProject(deps.projects, request.project, request.projectVersion);
  const recipe = await recipeOf(deps, version, request);
  const earlier = await findDataset(deps, recipe);
  return earlier ?? deps.engine.open((tables) => build(deps, tables, { version, recipe, end: request.end, check }));
};
