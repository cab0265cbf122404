import { PlatformError } from '#core/shared/errors.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { readAll } from '../../read-all.ts';

const WHOLE = /^[0-9a-f]{32}$/;

/**
 * The id of the one data set of a project whose id begins so.
 * @throws DATASET_NOT_FOUND with the candidates
 * @example await wholeId(datasets, 'churn', 'b359') // 'b3591c…'
 */
export const wholeId = async (
  datasets: MlopsClient['datasets'],
  project: string,
  beginning: string,
): Promise<string> => {
  if (WHOLE.test(beginning)) return beginning;
  const all = await readAll((query) => datasets.listDatasets({ path: { project }, query }));
  const found = all.map(({ datasetId }) => datasetId).filter((id) => id.startsWith(beginning));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const words =
    found.length === 0
      ? `project ${project} has no data set whose id begins with "${beginning}"; list them with: mlp data list ${project}`
      : `"${beginning}" begins the ids of ${found.length} data sets of ${project}: ${found.slice(0, 10).join(', ')}; give more of it`;
  throw new PlatformError('DATASET_NOT_FOUND', words, { project, beginning });
};
