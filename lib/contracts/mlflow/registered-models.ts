import { filter, int53, list, type MlflowRoutes, orderBy, orderText, Pair, required, text } from './wire.ts';

const BASE = '/api/2.0/mlflow/registered-models';
const byName = { name: required };
export const searchFields = {
  filter: filter.optional(),
  order_by: orderBy(orderText),
  page_token: text.optional(),
};

const models = {
  createRegisteredModel: {
    methods: ['POST'],
    path: `${BASE}/create`,
    role: 'scientist',
    request: { ...byName, tags: list(Pair), description: text.optional() },
  },
  renameRegisteredModel: {
    methods: ['POST'],
    path: `${BASE}/rename`,
    role: 'deployer',
    request: { ...byName, new_name: required },
  },
  updateRegisteredModel: {
    methods: ['PATCH'],
    path: `${BASE}/update`,
    role: 'scientist',
    request: { ...byName, description: text.default('') },
  },
  deleteRegisteredModel: { methods: ['DELETE'], path: `${BASE}/delete`, role: 'deployer', request: byName },
  getRegisteredModel: { methods: ['GET'], path: `${BASE}/get`, role: 'viewer', request: byName },
  searchRegisteredModels: {
    methods: ['GET'],
    path: `${BASE}/search`,
    role: 'viewer',
    request: { ...searchFields, max_results: int53.default(100) },
  },
  getLatestVersions: {
    methods: ['GET', 'POST'],
    path: `${BASE}/get-latest-versions`,
    role: 'viewer',
    request: { ...byName, stages: list(text) },
  },
} as const satisfies MlflowRoutes;

const marks = {
  setRegisteredModelTag: {
    methods: ['POST'],
    path: `${BASE}/set-tag`,
    role: 'scientist',
    request: { ...byName, key: required, value: text.default('') },
  },
  deleteRegisteredModelTag: {
    methods: ['DELETE'],
    path: `${BASE}/delete-tag`,
    role: 'scientist',
    request: { ...byName, key: required },
  },
  setRegisteredModelAlias: {
    methods: ['POST'],
    path: `${BASE}/alias`,
    role: 'deployer',
    request: { ...byName, alias: required, version: required },
  },
  deleteRegisteredModelAlias: {
    methods: ['DELETE'],
    path: `${BASE}/alias`,
    role: 'deployer',
    request: { ...byName, alias: required },
  },
  getModelVersionByAlias: {
    methods: ['GET'],
    path: `${BASE}/alias`,
    role: 'viewer',
    request: { ...byName, alias: required },
  },
} as const satisfies MlflowRoutes;

export const registeredModelRoutes = { ...models, ...marks } as const satisfies MlflowRoutes;
