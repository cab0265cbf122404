import type { DatasetInput, ModelOutput } from '#contracts/tracking.ts';
import type { DatasetSummary, Reading } from './ports.ts';
import { checkDataset, checkModelId, invalid, limits } from './rules.ts';
import { writableRun } from './runs.ts';

export interface RunInputs {
  readonly datasets?: readonly DatasetInput[];
  /** Ids of logged models. */
  readonly models?: readonly string[];
}

/**
 * Records which data sets and logged models a run used; the same (name, digest) twice is one.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 */
export const logInputs = async (deps: Reading, runId: string, inputs: RunInputs): Promise<void> => {
  const { datasets = [], models = [] } = inputs;
  if (datasets.length > limits.datasetsACall)
    invalid(`one call takes at most ${limits.datasetsACall} datasets, got ${datasets.length}; split them up`);
  for (const dataset of datasets) checkDataset(dataset);
  for (const modelId of models) checkModelId(modelId);
  await writableRun(deps, runId);
  if (datasets.length + models.length > 0) await deps.tracking.linkRun(runId, { datasets, models });
};

/**
 * Records which logged models a run brought forth; the same (model, step) twice is one.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 */
export const logOutputs = async (deps: Reading, runId: string, outputs: readonly ModelOutput[]): Promise<void> => {
  for (const { modelId } of outputs) checkModelId(modelId);
  await writableRun(deps, runId);
  if (outputs.length > 0) await deps.tracking.linkRun(runId, { outputs });
};

const MAX_EXPERIMENTS = 20;

/** Which data the runs of some experiments used, each use once; a thousand at most. @throws INVALID_REQUEST */
export const searchDatasets = async (deps: Reading, experimentIds: readonly string[]): Promise<DatasetSummary[]> => {
  if (experimentIds.length === 0) invalid('name at least one experiment');
  if (experimentIds.length > MAX_EXPERIMENTS)
    invalid(`at most ${MAX_EXPERIMENTS} experiments can be asked for at once, got ${experimentIds.length}`);
  const found = await Promise.all([...new Set(experimentIds)].map((id) => deps.tracking.datasetSummaries(id)));
  return found.flat().slice(0, limits.datasetSummaries);
};
