import { z } from 'zod';
import {
  bool,
  experimentId,
  filter,
  int53,
  list,
  type MlflowRoutes,
  message,
  oneOf,
  orderBy,
  orderField,
  Pair,
  required,
  text,
} from './wire.ts';

const BASE = '/api/2.0/mlflow/logged-models';
export const loggedModelStatuses = [
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;

export const loggedModelRoutes = {
  createLoggedModel: {
    methods: ['POST'],
    path: BASE,
    role: 'scientist',
    request: {
      experiment_id: experimentId,
      name: text.optional(),
      model_type: text.optional(),
      source_run_id: text.optional(),
      params: list(Pair),
      tags: list(Pair),
    },
  },
  searchLoggedModels: {
    methods: ['POST'],
    path: `${BASE}/search`,
    role: 'viewer',
    request: {
      experiment_ids: z.array(experimentId),
      filter: filter.optional(),
      datasets: list(message({ dataset_name: required, dataset_digest: text.optional() })),
      max_results: int53.default(50),
      order_by: orderBy(
        message({
          field_name: orderField,
          ascending: bool.default(true),
          dataset_name: text.optional(),
          dataset_digest: text.optional(),
        }),
      ),
      page_token: text.optional(),
    },
  },
  getLoggedModel: {
    methods: ['GET'],
    path: `${BASE}/{model_id}`,
    role: 'viewer',
    request: { allow_deleted: bool.default(false) },
  },
  finalizeLoggedModel: {
    methods: ['PATCH'],
    path: `${BASE}/{model_id}`,
    role: 'scientist',
    request: { status: oneOf(loggedModelStatuses) },
  },
  deleteLoggedModel: { methods: ['DELETE'], path: `${BASE}/{model_id}`, role: 'scientist', request: {} },
  setLoggedModelTags: {
    methods: ['PATCH'],
    path: `${BASE}/{model_id}/tags`,
    role: 'scientist',
    request: { tags: list(Pair) },
  },
  deleteLoggedModelTag: {
    methods: ['DELETE'],
    path: `${BASE}/{model_id}/tags/{key+}`,
    role: 'scientist',
    request: {},
  },
  logLoggedModelParams: {
    methods: ['POST'],
    path: `${BASE}/{model_id}/params`,
    role: 'scientist',
    request: { params: list(Pair) },
  },
} as const satisfies MlflowRoutes;
