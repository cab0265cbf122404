import type { DatasetManifest } from '#contracts/datasets.ts';
import type { HistoricalRequest } from '#contracts/feature-requests.ts';
import { type ResolvedFeatures, resolveFeatures } from '../catalog/index.ts';
import { canonicalJson, type DatasetRecipe } from '../dataset-id.ts';
import { findDataset, storeDataset, viewDataset } from '../datasets.ts';
import type { Tables } from '../ports.ts';
import { asInputs } from '../raw-files.ts';
import { knownFiles } from '../raw-index.ts';
import { getDataset } from '../read-datasets.ts';
import type { Relation } from '../relation.ts';
import { entityRelation, entitySource, readEntityFiles } from './entity-table.ts';
import { historicalQuery } from './historical-query.ts';
import { viewInputs } from './inputs.ts';
import type { HistoricalDeps } from './ports.ts';

interface Entities {
  readonly inputs: Pick<DatasetManifest['inputs'], 'datasets' | 'files'>;
  readonly projectVersion: number | undefined;
  open(): Promise<Relation>;
}

const TABLE = 'entity data set';

const entitiesOf = async (
  deps: HistoricalDeps,
  tables: Tables,
  { request, features }: { request: HistoricalRequest; features: ResolvedFeatures },
): Promise<Entities> => {
  const { project, entities } = request;
  if ('datasetId' in entities) {
    const manifest = await getDataset(deps, project, entities.datasetId);
    return {
      inputs: { datasets: [entities.datasetId], files: [] },
      projectVersion: manifest.projectVersion,
      open: async () => {
        await viewDataset(deps.objects, tables, { name: TABLE, manifest });
        return entityRelation(tables, { table: TABLE, isText: false });
      },
    };
  }
  const named = entitySource(project, entities.path);
  return {
    inputs: { datasets: [], files: asInputs(await knownFiles(deps.objects, tables, named)) },
    projectVersion: undefined,
    open: () => readEntityFiles(deps.objects, tables, { named, features }),
  };
};

const recipeOf = (
  deps: HistoricalDeps,
  { request, features }: { request: HistoricalRequest; features: ResolvedFeatures },
  [entities, views]: [Entities['inputs'], Awaited<ReturnType<typeof viewInputs>>],
): DatasetRecipe => {
  const definitions = [...features.views, ...features.onDemand].map(({ version }) => version.contentSha256);
  const { timestampColumn, fullFeatureNames, asKnownAt } = request;
  const parameters = {
    features: deps.digest.sha256(canonicalJson([features.order, definitions, entities])),
    // Read by the lineage of views.
    views: features.views.map(({ version }) => `${version.name}:${version.version}`).join(','),
    timestampColumn,
    fullFeatureNames,
    asKnownAt,
    ...(views.pushed !== '' && { pushed: views.pushed }),
  };
  const files = new Map([...entities.files, ...views.files].map((file) => [file.path, file] as const));
  const datasets = [...new Set([...entities.datasets, ...views.datasets])];
  const inputs = { datasets, files: [...files.values()], parameters };
  return { kind: 'historical', project: request.project, inputs, codeVersion: deps.codeVersion };
};

const versionOf = ({ views, onDemand }: ResolvedFeatures): number =>
  Math.max(1, ...[...views, ...onDemand].map(({ version }) => version.projectVersion ?? 1));

/**
 * Makes a data set of an entity table with the features as they were at each row's time. The same entity table, views,
 * files and code answer the data set that is already there.
 * @throws VIEW_NOT_FOUND, FEATURE_NOT_FOUND, SERVICE_NOT_FOUND, DATASET_NOT_FOUND, SOURCE_MISSING and what
 * `historicalQuery` throws
 */
export const buildHistorical = async (deps: HistoricalDeps, request: HistoricalRequest): Promise<DatasetManifest> => {
  const features = await resolveFeatures(deps.definitions, request);
  return deps.engine.open(async (tables) => {
    const entities = await entitiesOf(deps, tables, { request, features });
    const views = await viewInputs(deps, tables, features);
    const recipe = recipeOf(deps, { request, features }, [entities.inputs, views]);
    const earlier = await findDataset(deps, recipe);
    if (earlier) return earlier;
    const { query } = await historicalQuery(deps, tables, { ...request, features, entities: await entities.open() });
    const projectVersion = entities.projectVersion ?? versionOf(features);
    return storeDataset(deps, tables, { recipe, projectVersion, step: 'historical', query });
  });
};
