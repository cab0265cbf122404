import { z } from 'zod';
import { int53, int64, list, type MlflowRoutes, required, text } from './wire.ts';

/** What MLflow's web UI asks for beyond the REST API: its own files, GraphQL, samples for charts. */

const pages = {
  /** Asks the browser for a key by itself. */
  indexPage: { methods: ['GET'], path: '/' },
  staticFile: { methods: ['GET'], path: '/static-files/{file+}' },
  version: { methods: ['GET'], path: '/version' },
} as const satisfies MlflowRoutes;

const data = {
  graphql: {
    methods: ['POST'],
    path: '/graphql',
    role: 'viewer',
    request: { query: required, variables: z.record(z.string(), z.unknown()).default({}) },
  },
  getMetricHistoryBulkInterval: {
    methods: ['GET'],
    path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval',
    role: 'viewer',
    request: {
      run_ids: list(required),
      metric_key: required,
      start_step: int64.optional(),
      end_step: int64.optional(),
      max_results: int53.default(2_500),
    },
  },
  searchDatasets: {
    methods: ['POST'],
    path: '/ajax-api/2.0/mlflow/experiments/search-datasets',
    role: 'viewer',
    request: { experiment_ids: list(text) },
  },
} as const satisfies MlflowRoutes;

const API = '/ajax-api/3.0/mlflow';

/** Parts of MLflow that this platform does not have: the UI asks whether there is anything in them. */
const absent = {
  gatewayProxy: { methods: ['GET'], path: '/ajax-api/2.0/mlflow/gateway-proxy', role: 'viewer' },
  telemetryConfig: { methods: ['GET'], path: `${API}/ui-telemetry`, role: 'viewer' },
  telemetry: { methods: ['POST'], path: `${API}/ui-telemetry`, role: 'viewer', request: {} },
  traceMetrics: { methods: ['POST'], path: `${API}/traces/metrics`, role: 'viewer', request: {} },
  searchTraces: { methods: ['POST'], path: `${API}/traces/search`, role: 'viewer', request: {} },
  searchEvaluationDatasets: { methods: ['POST'], path: `${API}/datasets/search`, role: 'viewer', request: {} },
  listScorers: { methods: ['GET'], path: `${API}/scorers/list`, role: 'viewer' },
  listMcpServers: { methods: ['GET'], path: `${API}/mcp-servers`, role: 'viewer' },
} as const satisfies MlflowRoutes;

export const uiRoutes = { ...pages, ...data, ...absent } as const satisfies MlflowRoutes;
