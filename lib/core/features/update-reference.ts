import type { DatasetManifest } from '#contracts/datasets.ts';
import { loadProject } from '../pipelines/index.ts';
import type { DatasetRecipe } from './dataset-id.ts';
import { findDataset, requireDataset, storeDataset, viewDataset } from './datasets.ts';
import type { DataDeps } from './ingest.ts';
import { servedEntity } from './project-sql.ts';
import { identifier } from './sql-text.ts';

export interface ReferenceRequest {
  readonly project: string;
  readonly projectVersion: number;
  readonly featuresDatasetId: string;
}

/** Drift tests gain nothing from more rows. */
const REFERENCE_ROWS = 10_000;

/**
 * Keeps a sample of the features that drift is measured against: the rows whose key has the smallest md5, so that the
 * same features give the same sample. A model version pins the data set by its id.
 */
export const updateReference = async (deps: DataDeps, request: ReferenceRequest): Promise<DatasetManifest> => {
  const version = await loadProject(deps.projects, request.project, request.projectVersion);
  const recipe: DatasetRecipe = {
    kind: 'reference',
    project: request.project,
    inputs: { datasets: [request.featuresDatasetId], files: [], parameters: { rows: REFERENCE_ROWS } },
    codeVersion: deps.codeVersion,
  };
  const earlier = await findDataset(deps, recipe);
  if (earlier) return earlier;
  const { project, featuresDatasetId: datasetId } = request;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'features', datasetId });
  const key = identifier(servedEntity(version).joinKey);
  const query = `SELECT * FROM (FROM features ORDER BY md5(${key}::VARCHAR), ${key} LIMIT ${REFERENCE_ROWS}) ORDER BY ${key}`;
  return deps.engine.open(async (tables) => {
    await viewDataset(deps.objects, tables, { name: 'features', manifest });
    return storeDataset(deps, tables, { recipe, projectVersion: version.version, step: 'update-reference', query });
  });
};
