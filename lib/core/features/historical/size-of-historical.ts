import { dataKeys } from '#contracts/datasets.ts';
import type { HistoricalRequest } from '#contracts/feature-requests.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { resolveFeatures } from '../catalog/index.ts';
import { computeSize, type RungLimits, type Size, unpackedBytes } from '../compute-size.ts';
import { fitsGlob, staticPrefix } from '../glob.ts';
import { featuresDatasets } from '../offline-rows/dataset-rows.ts';
import type { DatasetCatalog, FeatureCatalog } from '../ports.ts';
import { getDataset } from '../read-datasets.ts';

export interface HistoricalSizeDeps {
  readonly objects: ObjectStore;
  readonly catalog: DatasetCatalog;
  readonly definitions: FeatureCatalog;
  readonly limits: RungLimits;
}

const rawBytes = async (objects: ObjectStore, project: string, path: string): Promise<number> => {
  const root = dataKeys.raw(project);
  const found = await objects.list(dataKeys.raw(project, staticPrefix(path)));
  return found
    .filter(({ key }) => fitsGlob(path, key.slice(root.length)))
    .reduce((sum, { key, bytes }) => sum + unpackedBytes(key, bytes), 0);
};

const datasetBytes = async (deps: HistoricalSizeDeps, project: string, datasetId: string): Promise<number> => {
  const { files } = await getDataset(deps, project, datasetId);
  return files.reduce((sum, { path, bytes }) => sum + unpackedBytes(path, bytes), 0);
};

const viewBytes = async (deps: HistoricalSizeDeps, version: FeatureViewVersion): Promise<number> => {
  const { project, source } = version;
  if (source?.path !== undefined) return rawBytes(deps.objects, project, source.path);
  let total = 0;
  for (const id of await featuresDatasets(deps, version)) total += await datasetBytes(deps, project, id);
  return total;
};

/** Where the join is to be done, by what there is to read: the entity table and every view's rows. */
export const sizeOfHistorical = async (deps: HistoricalSizeDeps, request: HistoricalRequest): Promise<Size> => {
  const { views } = await resolveFeatures(deps.definitions, request);
  const { project, entities } = request;
  let bytes =
    'datasetId' in entities
      ? await datasetBytes(deps, project, entities.datasetId)
      : await rawBytes(deps.objects, project, entities.path);
  for (const { version } of views) bytes += await viewBytes(deps, version);
  // One machine streams what it joins; there is no SQL of the project's own to give to Athena.
  return computeSize({ bytes, compute: 'auto', limits: { fargateFromBytes: deps.limits.fargateFromBytes } });
};
