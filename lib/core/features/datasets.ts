import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import type { Clock, Digest, EventBus, ObjectStore } from '../shared/ports.ts';
import { s3Uri } from '../shared/s3-uri.ts';
import { type DatasetRecipe, datasetId } from './dataset-id.ts';
import type { DatasetCatalog, Tables } from './ports.ts';
import { profile } from './profile.ts';
import { identifier, literal, literals } from './sql-text.ts';

/** What every step needs that reads or makes data sets. `objects` is the data bucket. */
export interface DatasetDeps {
  readonly objects: ObjectStore;
  readonly catalog: DatasetCatalog;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly codeVersion: string;
  readonly events?: EventBus | undefined;
}

export interface NewDataset {
  readonly recipe: DatasetRecipe;
  readonly projectVersion: number;
  /** Name of the step that makes it. */
  readonly step: string;
  /** Gives the rows; they are stored in this order. */
  readonly query: string;
}

const DATA_FILE = 'part-0.parquet';

const upload = async (deps: DatasetDeps, tables: Tables, made: NewDataset) => {
  const id = datasetId(deps.digest, made.recipe);
  const prefix = dataKeys.dataset(made.recipe.project, made.recipe.kind, id);
  const file = tables.localPath(`out/${id}/${DATA_FILE}`);
  const { bytes, sha256 } = await tables.writeParquet(made.query, file);
  await deps.objects.upload(file, `${prefix}${DATA_FILE}`, 'application/vnd.apache.parquet');
  const shape = await profile(tables, `SELECT * FROM read_parquet(${literal(file)})`);
  return { id, uri: s3Uri(deps.objects.bucket, prefix), files: [{ path: DATA_FILE, bytes, sha256 }], shape };
};

/**
 * Writes the rows of a query as a data set: Parquet, then its manifest, then the pointer to the latest.
 * The paths in the manifest's files are relative to its uri.
 */
export const storeDataset = async (deps: DatasetDeps, tables: Tables, made: NewDataset): Promise<DatasetManifest> => {
  const { kind, project, inputs } = made.recipe;
  const { id, uri, files, shape } = await upload(deps, tables, made);
  const manifest: DatasetManifest = {
    datasetId: id,
    kind,
    project,
    projectVersion: made.projectVersion,
    uri,
    ...shape,
    files,
    producer: { step: made.step, codeVersion: made.recipe.codeVersion },
    inputs,
    createdAt: deps.clock.now().toISOString(),
  };
  await deps.catalog.save(manifest);
  await deps.events?.publish('DatasetCreated', { project, datasetId: id, kind, rowCount: shape.rowCount });
  return manifest;
};

/** A step's own earlier work for the same inputs and code; it becomes the latest again. */
export const findDataset = async (deps: DatasetDeps, recipe: DatasetRecipe): Promise<DatasetManifest | undefined> => {
  const found = await deps.catalog.find(recipe.project, recipe.kind, datasetId(deps.digest, recipe));
  if (found) await deps.catalog.save(found);
  return found;
};

/** The manifest of a data set that must be there. @throws DATASET_NOT_FOUND */
export const requireDataset = async (
  catalog: DatasetCatalog,
  which: { project: string; kind: DatasetManifest['kind']; datasetId: string },
): Promise<DatasetManifest> => {
  const found = await catalog.find(which.project, which.kind, which.datasetId);
  if (found) return found;
  throw new PlatformError(
    'DATASET_NOT_FOUND',
    `project ${which.project} has no ${which.kind} data set "${which.datasetId}"; run the data pipeline to make one`,
    which,
  );
};

/**
 * Copies a data set's files to the scratch folder and makes a view over them.
 * @example await viewDataset(deps.objects, tables, { name: 'features', manifest })
 */
export const viewDataset = async (
  objects: ObjectStore,
  tables: Tables,
  { name, manifest }: { name: string; manifest: DatasetManifest },
): Promise<void> => {
  const prefix = dataKeys.dataset(manifest.project, manifest.kind, manifest.datasetId);
  const local: string[] = [];
  for (const { path } of manifest.files) {
    const file = tables.localPath(`in/${manifest.datasetId}/${path}`);
    await objects.download(`${prefix}${path}`, file);
    local.push(file);
  }
  await tables.run(`CREATE OR REPLACE VIEW ${identifier(name)} AS FROM read_parquet(${literals(local)})`);
};
