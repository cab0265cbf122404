import { DatasetKind, type DatasetManifest } from '#contracts/datasets.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { DatasetCatalog } from '../ports.ts';

/** A data set of a project by its id alone, whatever its kind. @throws DATASET_NOT_FOUND */
export const entityDataset = async (
  catalog: DatasetCatalog,
  project: string,
  datasetId: string,
): Promise<DatasetManifest> => {
  const found = await Promise.all(DatasetKind.options.map((kind) => catalog.find(project, kind, datasetId)));
  const manifest = found.find((one) => one !== undefined);
  if (manifest) return manifest;
  throw new PlatformError(
    'DATASET_NOT_FOUND',
    `project ${project} has no data set "${datasetId}" with entity rows; \`mlp data list\` shows those there are`,
    { project, datasetId },
  );
};
