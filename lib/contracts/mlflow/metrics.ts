import { double, int53, int64, type MlflowRoutes, required, text } from './wire.ts';

/** Fields of one point of a metric. */
export const WireMetric = {
  key: required,
  value: double,
  timestamp: int64,
  step: int64.default(0),
  model_id: text.optional(),
  dataset_name: text.optional(),
  dataset_digest: text.optional(),
};

export const metricRoutes = {
  getMetricHistory: {
    methods: ['GET'],
    path: '/api/2.0/mlflow/metrics/get-history',
    role: 'viewer',
    request: {
      run_id: required,
      metric_key: required,
      /** Without it the whole history comes at once. */
      max_results: int53.optional(),
      page_token: text.optional(),
    },
  },
} as const satisfies MlflowRoutes;
