import { searchFields } from './registered-models.ts';
import { bool, int53, list, type MlflowRoutes, Pair, required, source, text } from './wire.ts';

const BASE = '/api/2.0/mlflow/model-versions';
const byVersion = { name: required, version: required };

export const modelVersionRoutes = {
  createModelVersion: {
    methods: ['POST'],
    path: `${BASE}/create`,
    role: 'scientist',
    request: {
      name: required,
      source,
      run_id: text.optional(),
      tags: list(Pair),
      run_link: text.optional(),
      description: text.optional(),
      model_id: text.optional(),
    },
  },
  updateModelVersion: {
    methods: ['PATCH'],
    path: `${BASE}/update`,
    role: 'scientist',
    request: { ...byVersion, description: text.optional() },
  },
  transitionModelVersionStage: {
    methods: ['POST'],
    path: `${BASE}/transition-stage`,
    role: 'deployer',
    request: { ...byVersion, stage: required, archive_existing_versions: bool.default(false) },
  },
  deleteModelVersion: { methods: ['DELETE'], path: `${BASE}/delete`, role: 'deployer', request: byVersion },
  getModelVersion: { methods: ['GET'], path: `${BASE}/get`, role: 'viewer', request: byVersion },
  searchModelVersions: {
    methods: ['GET'],
    path: `${BASE}/search`,
    role: 'viewer',
    request: { ...searchFields, max_results: int53.default(200_000) },
  },
  getModelVersionDownloadUri: {
    methods: ['GET'],
    path: `${BASE}/get-download-uri`,
    role: 'viewer',
    request: byVersion,
  },
  setModelVersionTag: {
    methods: ['POST'],
    path: `${BASE}/set-tag`,
    role: 'scientist',
    request: { ...byVersion, key: required, value: text.default('') },
  },
  deleteModelVersionTag: {
    methods: ['DELETE'],
    path: `${BASE}/delete-tag`,
    role: 'scientist',
    request: { ...byVersion, key: required },
  },
} as const satisfies MlflowRoutes;
