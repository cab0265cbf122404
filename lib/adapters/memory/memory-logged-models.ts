import type { LoggedModel, LoggedModelMetric } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { LoggedModelStore } from '#core/tracking/index.ts';
import { latestOrder } from '../system/metric-order.ts';
import { refuseChanged, type Shelves } from './memory-tracking-shelves.ts';

const placeOf = ({ key, datasetName, datasetDigest, runId }: LoggedModelMetric): string =>
  JSON.stringify([key, datasetName ?? null, datasetDigest ?? null, runId]);

const latest = (points: readonly LoggedModelMetric[]): LoggedModelMetric[] => {
  const best = new Map<string, LoggedModelMetric>();
  for (const point of points) {
    const known = best.get(placeOf(point));
    if (!known || latestOrder(point) > latestOrder(known)) best.set(placeOf(point), point);
  }
  return [...best].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point);
};

/** Logged models in memory. */
export const memoryLoggedModels = ({ models }: Shelves): LoggedModelStore => {
  const edit = (modelId: string, change: (model: LoggedModel) => LoggedModel): void => {
    const known = models.get(modelId);
    if (!known) throw new PlatformError('LOGGED_MODEL_NOT_FOUND', `there is no logged model "${modelId}"`, { modelId });
    models.set(modelId, change(known));
  };
  return {
    createLoggedModel: async (model) => void models.set(model.modelId, model),
    findLoggedModel: async (modelId) => models.get(modelId),
    updateLoggedModel: async (modelId, change) => edit(modelId, (model) => ({ ...model, ...change })),
    describeLoggedModel: async (modelId, { params, tags }) =>
      edit(modelId, (model) => {
        refuseChanged((key) => (Object.hasOwn(model.params, key) ? model.params[key] : undefined), params);
        return { ...model, params: { ...model.params, ...params }, tags: { ...model.tags, ...tags } };
      }),
    deleteLoggedModelTag: async (modelId, key) => {
      const had = Object.hasOwn(models.get(modelId)?.tags ?? {}, key);
      edit(modelId, ({ tags: { [key]: _, ...tags }, ...model }) => ({ ...model, tags }));
      return had;
    },
    swapLoggedModelTag: async (modelId, { key, was, value }) => {
      const isSame = models.get(modelId)?.tags[key] === was;
      if (isSame) edit(modelId, (model) => ({ ...model, tags: { ...model.tags, [key]: value } }));
      return isSame;
    },
    logModelMetrics: async (modelId, metrics) =>
      edit(modelId, (model) => ({ ...model, metrics: latest([...model.metrics, ...metrics]) })),
    scanLoggedModels: async function* (experimentId) {
      yield [...models.values()].filter((model) => model.experimentId === experimentId);
    },
  };
};
