import type { Page } from '#contracts/common.ts';
import type { metricRoutes } from '#contracts/mlflow/metrics.ts';
import type { MetricPoint } from '#contracts/tracking.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { getMetricHistory } from '#core/tracking/index.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { wireMetric } from './entities.ts';

/** @throws INVALID_REQUEST */
const positive = (asked: number | undefined): number | undefined => {
  if (asked === undefined || asked > 0) return asked;
  const message = `Invalid value ${asked} for parameter 'max_results' supplied. It must be a positive integer.`;
  throw new PlatformError('INVALID_REQUEST', message);
};

/** A run that is not there has no history, which MLflow's server does not take for an error. */
const nothingOfNoRun = (error: unknown): Page<MetricPoint> => {
  if (isPlatformError(error) && error.code === 'RUN_NOT_FOUND') return { items: [] };
  throw error;
};

export const metricHandlers = (deps: MlflowTrackingDeps): MlflowHandlers<typeof metricRoutes> => ({
  getMetricHistory: async ({ message }) => {
    const find = getMetricHistory(deps, {
      runId: message.run_id,
      key: message.metric_key,
      maxResults: positive(message.max_results),
      pageToken: message.page_token || undefined,
    });
    const { items, nextPageToken } = await find.catch(nothingOfNoRun);
    return { metrics: items.map(wireMetric), next_page_token: nextPageToken };
  },
});
