import type { HistoricalRequest } from '#contracts/feature-requests.ts';
import { outputNames, resolveFeatures } from '../catalog/index.ts';
import { getDataset } from '../read-datasets.ts';
import { entitySource } from './entity-table.ts';
import type { StartHistoricalDeps } from './ports.ts';

const PIPELINE = 'historical';

/**
 * Starts making a data set with the features as they were. What can be known at once is refused at once.
 * @throws VIEW_NOT_FOUND, FEATURE_NOT_FOUND, SERVICE_NOT_FOUND, FEATURE_NAMES_CLASH, DATASET_NOT_FOUND, INVALID_REQUEST
 */
export const startHistorical = async (
  deps: StartHistoricalDeps,
  request: HistoricalRequest,
): Promise<{ runId: string }> => {
  const { order } = await resolveFeatures(deps.definitions, request);
  outputNames(order, request.fullFeatureNames);
  const { project, entities } = request;
  if ('datasetId' in entities) await getDataset({ catalog: deps.datasets }, project, entities.datasetId);
  else entitySource(project, entities.path);
  const execution = deps.ids.ulid();
  await deps.pipelines.start(PIPELINE, execution, request);
  return { runId: `${PIPELINE}.${execution}` };
};
