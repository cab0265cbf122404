import type { DatasetManifest } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';

export interface SourceDatasets {
  readonly features: DatasetManifest;
  /** What drift is measured against: made from just these features. */
  readonly reference: DatasetManifest;
}

const missing = (project: string, kind: string): PlatformError =>
  new PlatformError(
    'DATASET_NOT_FOUND',
    `project ${project} has no ${kind} data set yet; run \`mlp run data --project ${project}\` first`,
    { project, kind },
  );

/**
 * The newest pair of reference and features. The reference leads, since it is made last: while the data pipeline still
 * runs, the pair before is taken whole.
 * @throws DATASET_NOT_FOUND
 */
export const newestSources = async (catalog: DatasetCatalog, project: string): Promise<SourceDatasets> => {
  const reference = await catalog.latest(project, 'reference');
  if (!reference) throw missing(project, 'reference');
  for (const datasetId of reference.inputs.datasets) {
    const features = await catalog.find(project, 'features', datasetId);
    if (features) return { features, reference };
  }
  throw missing(project, 'features');
};
