import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import { RUN_NAME_TAG } from '../search/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { requireLoggedModel } from './logged-models.ts';
import type { Reading } from './ports.ts';
import { checkedBatch } from './rules.ts';
import { writableRun } from './runs.ts';

/** Points that measure a logged model are kept with it too. */
const feedModels = async ({ tracking }: Reading, runId: string, metrics: readonly MetricPoint[]): Promise<void> => {
  const measured = metrics.flatMap((point) => (point.modelId ? [{ ...point, modelId: point.modelId, runId }] : []));
  for (const [modelId, points] of Map.groupBy(measured, (point) => point.modelId))
    await tracking.logModelMetrics(modelId, points);
};

/**
 * Adds points, parameters and tags to a run; the same batch twice leaves the same. Too long values are cut.
 * @throws RUN_NOT_FOUND, LOGGED_MODEL_NOT_FOUND, INVALID_REQUEST, PARAM_CHANGED (then nothing of the batch is written)
 * @example await logBatch(deps, runId, { metrics: [{ key: 'auc', value: 0.9, step: 0, timestampMs }], params: {}, tags: {} })
 */
export const logBatch = async (deps: Reading, runId: string, given: RunBatch): Promise<void> => {
  const batch = checkedBatch(given);
  await writableRun(deps, runId);
  const models = new Set(batch.metrics.flatMap(({ modelId }) => modelId ?? []));
  for (const modelId of models) await requireLoggedModel(deps, modelId);
  // An empty name is no name: the run keeps its own, in its info and in the tag.
  const { [RUN_NAME_TAG]: runName, ...otherTags } = batch.tags;
  await deps.tracking.logBatch(runId, runName === '' ? { ...batch, tags: otherTags } : batch);
  if (runName) await deps.tracking.updateRun(runId, { runName });
  await feedModels(deps, runId, batch.metrics);
};

/** @throws RUN_NOT_FOUND, TAG_NOT_FOUND, INVALID_REQUEST */
export const deleteRunTag = async (deps: Reading, runId: string, key: string): Promise<void> => {
  await writableRun(deps, runId);
  if (await deps.tracking.deleteRunTag(runId, key)) return;
  throw new PlatformError('TAG_NOT_FOUND', `run "${runId}" has no tag "${key}"`, { runId, key });
};
