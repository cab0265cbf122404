import type { z } from 'zod';
import type { WireMetric } from '#contracts/mlflow/metrics.ts';
import type { runRoutes } from '#contracts/mlflow/runs.ts';
import type { Pair } from '#contracts/mlflow/wire.ts';
import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/index.ts';
import { deleteRunTag, limits, logBatch } from '#core/tracking/index.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { shortened } from '../../_shared/shortened.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { logModel } from './log-model.ts';

type WirePoint = z.infer<z.ZodObject<typeof WireMetric>>;
const nothing: RunBatch = { metrics: [], params: {}, tags: {} };

const pointOf = (metric: WirePoint): MetricPoint => ({
  key: metric.key,
  value: metric.value,
  timestampMs: metric.timestamp,
  step: metric.step,
  ...(metric.model_id && { modelId: metric.model_id }),
  ...(metric.dataset_name && { datasetName: metric.dataset_name }),
  ...(metric.dataset_digest && { datasetDigest: metric.dataset_digest }),
});

/** @throws INVALID_REQUEST */
const checkLimit = (entities: string, count: number, limit: number): void => {
  if (count <= limit) return;
  const got = `A batch logging request can contain at most ${limit} ${entities}. Got ${count} ${entities}.`;
  const remedy = `Please split up ${entities} across multiple requests and try again.`;
  throw new PlatformError('INVALID_REQUEST', `${got} ${remedy}`);
};

/** @throws INVALID_REQUEST, though the values be the same, as MLflow's server has it */
const checkKeysUnique = (params: readonly Pair[]): void => {
  const twice = params.map(({ key }) => key).filter((key, at, keys) => keys.indexOf(key) !== at);
  if (twice.length === 0) return;
  const remedy = 'Please ensure the request contains only one param value per param key.';
  throw new PlatformError(
    'INVALID_REQUEST',
    `Duplicate parameter keys have been submitted: ${shortened(twice.join(', '))}. ${remedy}`,
  );
};

interface WireBatch {
  readonly metrics: readonly WirePoint[];
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
}

/** @throws INVALID_REQUEST */
const batchOf = ({ metrics, params, tags }: WireBatch): RunBatch => {
  checkLimit('metrics', metrics.length, limits.metricsABatch);
  checkLimit('params', params.length, limits.paramsABatch);
  checkLimit('tags', tags.length, limits.tagsABatch);
  const together = metrics.length + params.length + tags.length;
  checkLimit('metrics, params, and tags', together, limits.entitiesABatch);
  checkKeysUnique(params);
  return { metrics: metrics.map(pointOf), params: recordOf(params), tags: recordOf(tags) };
};

export const loggingHandlers = (deps: MlflowTrackingDeps) =>
  ({
    logMetric: async ({ message }) => {
      await logBatch(deps, message.run_id, { ...nothing, metrics: [pointOf(message)] });
      return {};
    },
    logParameter: async ({ message: { run_id, key, value } }) => {
      await logBatch(deps, run_id, { ...nothing, params: { [key]: value } });
      return {};
    },
    setTag: async ({ message: { run_id, key, value } }) => {
      await logBatch(deps, run_id, { ...nothing, tags: { [key]: value } });
      return {};
    },
    deleteTag: async ({ message }) => {
      await deleteRunTag(deps, message.run_id, message.key);
      return {};
    },
    logBatch: async ({ message }) => {
      await logBatch(deps, message.run_id, batchOf(message));
      return {};
    },
    logModel: async ({ message }) => {
      await logModel(deps, message.run_id, message.model_json);
      return {};
    },
  }) satisfies Partial<MlflowHandlers<typeof runRoutes>>;
