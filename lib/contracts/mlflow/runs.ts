import { z } from 'zod';
import { RunStatus } from '../tracking.ts';
import { ViewType } from './experiments.ts';
import { WireMetric } from './metrics.ts';
import {
  experimentId,
  filter,
  int53,
  int64,
  list,
  type MlflowRoutes,
  message,
  oneOf,
  orderBy,
  orderText,
  Pair,
  required,
  text,
} from './wire.ts';

const BASE = '/api/2.0/mlflow/runs';
const byId = { run_id: required };

const WireDataset = message({
  name: required,
  digest: required,
  source_type: text.default(''),
  source: text.default(''),
  schema: text.optional(),
  profile: text.optional(),
});

const managing = {
  createRun: {
    methods: ['POST'],
    path: `${BASE}/create`,
    role: 'scientist',
    request: {
      // The default one when it is empty.
      experiment_id: experimentId.default('0'),
      user_id: text.default(''),
      run_name: text.optional(),
      start_time: int53.optional(),
      tags: list(Pair),
    },
  },
  getRun: { methods: ['GET'], path: `${BASE}/get`, role: 'viewer', request: byId },
  updateRun: {
    methods: ['POST'],
    path: `${BASE}/update`,
    role: 'scientist',
    request: {
      ...byId,
      status: oneOf(RunStatus.options).optional(),
      end_time: int53.optional(),
      run_name: text.optional(),
    },
  },
  deleteRun: { methods: ['POST'], path: `${BASE}/delete`, role: 'scientist', request: byId },
  restoreRun: { methods: ['POST'], path: `${BASE}/restore`, role: 'scientist', request: byId },
  searchRuns: {
    methods: ['POST'],
    path: `${BASE}/search`,
    role: 'viewer',
    request: {
      experiment_ids: list(experimentId),
      filter: filter.optional(),
      run_view_type: ViewType.default('ACTIVE_ONLY'),
      max_results: int53.default(1_000),
      order_by: orderBy(orderText),
      page_token: text.optional(),
    },
  },
} as const satisfies MlflowRoutes;

const logging = {
  logMetric: {
    methods: ['POST'],
    path: `${BASE}/log-metric`,
    role: 'scientist',
    request: { ...byId, ...WireMetric },
  },
  logParameter: {
    methods: ['POST'],
    path: `${BASE}/log-parameter`,
    role: 'scientist',
    request: { ...byId, key: required, value: text.default('') },
  },
  setTag: {
    methods: ['POST'],
    path: `${BASE}/set-tag`,
    role: 'scientist',
    request: { ...byId, key: required, value: text.default('') },
  },
  deleteTag: { methods: ['POST'], path: `${BASE}/delete-tag`, role: 'scientist', request: { ...byId, key: required } },
  logBatch: {
    methods: ['POST'],
    path: `${BASE}/log-batch`,
    role: 'scientist',
    request: { ...byId, metrics: list(message(WireMetric)), params: list(Pair), tags: list(Pair) },
  },
  logInputs: {
    methods: ['POST'],
    path: `${BASE}/log-inputs`,
    role: 'scientist',
    request: {
      ...byId,
      datasets: list(message({ dataset: WireDataset, tags: list(Pair) })),
      models: list(message({ model_id: required })),
    },
  },
  logOutputs: {
    methods: ['POST'],
    path: `${BASE}/outputs`,
    role: 'scientist',
    request: { ...byId, models: z.array(message({ model_id: required, step: int64.default(0) })) },
  },
  // How clients before 3.0 say that a run logged a model.
  logModel: {
    methods: ['POST'],
    path: `${BASE}/log-model`,
    role: 'scientist',
    request: { ...byId, model_json: required },
  },
} as const satisfies MlflowRoutes;

export const runRoutes = { ...managing, ...logging } as const satisfies MlflowRoutes;
