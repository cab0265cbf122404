import type { Page, PageQuery } from '#contracts/common.ts';
import type { DatasetDiff, DatasetDownloads, DatasetSummary } from '#contracts/dataset-routes.ts';
import { DatasetKind, type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { diffManifests, summaryOf } from './diff-datasets.ts';
import type { DatasetCatalog } from './ports.ts';

interface ReadDeps {
  readonly catalog: DatasetCatalog;
  readonly objects: ObjectStore;
}

/** How long the addresses of a data set's files hold. */
const DOWNLOAD_SECONDS = 900;

/** Data sets of a project, newest first. */
export const listDatasets = async (
  { catalog }: Pick<ReadDeps, 'catalog'>,
  project: string,
  { kind, ...page }: PageQuery & { kind?: DatasetKind | undefined },
): Promise<Page<DatasetSummary>> => {
  const { items, ...rest } = await catalog.list(project, kind, page);
  return { ...rest, items: items.map(summaryOf) };
};

/** A manifest by its id alone: an id belongs to one kind. @throws DATASET_NOT_FOUND */
export const getDataset = async (
  { catalog }: Pick<ReadDeps, 'catalog'>,
  project: string,
  datasetId: string,
): Promise<DatasetManifest> => {
  const found = await Promise.all(DatasetKind.options.map((kind) => catalog.find(project, kind, datasetId)));
  const manifest = found.find((one) => one !== undefined);
  if (manifest) return manifest;
  throw new PlatformError(
    'DATASET_NOT_FOUND',
    `project ${project} has no data set "${datasetId}"; list them with: mlp data list ${project}`,
    { project, datasetId },
  );
};

/** @throws DATASET_NOT_FOUND */
export const diffDatasets = async (
  deps: Pick<ReadDeps, 'catalog'>,
  project: string,
  { datasetId, otherId }: { readonly datasetId: string; readonly otherId: string },
): Promise<DatasetDiff> => {
  const [from, to] = await Promise.all([getDataset(deps, project, datasetId), getDataset(deps, project, otherId)]);
  return diffManifests(from, to);
};

/** Addresses of a data set's files, for a quarter of an hour. @throws DATASET_NOT_FOUND */
export const downloadDataset = async (
  deps: ReadDeps,
  project: string,
  datasetId: string,
): Promise<DatasetDownloads> => {
  const manifest = await getDataset(deps, project, datasetId);
  const prefix = dataKeys.dataset(project, manifest.kind, datasetId);
  const files = manifest.files.map(async (file) => ({
    ...file,
    url: await deps.objects.presign('get', `${prefix}${file.path}`, DOWNLOAD_SECONDS),
  }));
  return { datasetId, files: await Promise.all(files), validSeconds: DOWNLOAD_SECONDS };
};
