import {
  experimentId,
  filter,
  int53,
  list,
  location,
  type MlflowRoutes,
  oneOf,
  orderBy,
  orderText,
  Pair,
  required,
  text,
} from './wire.ts';

export const ViewType = oneOf(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']);
const BASE = '/api/2.0/mlflow/experiments';
const byId = { experiment_id: experimentId };

export const experimentRoutes = {
  createExperiment: {
    methods: ['POST'],
    path: `${BASE}/create`,
    role: 'scientist',
    request: { name: required, artifact_location: location.optional(), tags: list(Pair) },
  },
  getExperiment: { methods: ['GET'], path: `${BASE}/get`, role: 'viewer', request: byId },
  getExperimentByName: {
    methods: ['GET'],
    path: `${BASE}/get-by-name`,
    role: 'viewer',
    request: { experiment_name: required },
  },
  searchExperiments: {
    methods: ['GET', 'POST'],
    path: `${BASE}/search`,
    role: 'viewer',
    request: {
      view_type: ViewType.default('ACTIVE_ONLY'),
      // The server asks for it: 0 is what it reads when nobody says it.
      max_results: int53.default(0),
      order_by: orderBy(orderText),
      filter: filter.optional(),
      page_token: text.optional(),
    },
  },
  updateExperiment: {
    methods: ['POST'],
    path: `${BASE}/update`,
    role: 'scientist',
    request: { ...byId, new_name: required },
  },
  deleteExperiment: { methods: ['POST'], path: `${BASE}/delete`, role: 'scientist', request: byId },
  restoreExperiment: { methods: ['POST'], path: `${BASE}/restore`, role: 'scientist', request: byId },
  setExperimentTag: {
    methods: ['POST'],
    path: `${BASE}/set-experiment-tag`,
    role: 'scientist',
    request: { ...byId, key: required, value: text.default('') },
  },
  deleteExperimentTag: {
    methods: ['POST'],
    path: `${BASE}/delete-experiment-tag`,
    role: 'scientist',
    request: { ...byId, key: required },
  },
} as const satisfies MlflowRoutes;
