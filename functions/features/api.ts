import { featureRoutes } from '#contracts/feature-routes.ts';
import {
  defineFeatures,
  describeDefinition,
  listDefinitions,
  listVersions,
  materializationProgress,
  pushFeatures,
  readFeatures,
  readOnline,
  startHistorical,
  startMaterialization,
} from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';
import { featureApiDeps, featureApiEnv } from './_api-deps.ts';

const deps = featureApiDeps(readEnv(featureApiEnv));

export const handler = httpApi(featureRoutes, {
  defineFeatures: ({ body, caller }) => defineFeatures(deps, { request: body, by: caller.id }),
  listDefinitions: ({ query }) => listDefinitions(deps.catalog, query),
  describeDefinition: ({ path, query }) => describeDefinition(deps, { ...path, ...query }),
  listDefinitionVersions: ({ path, query }) => listVersions(deps, { ...path, project: query.project }, query),
  readFeatures: ({ path, query }) => readFeatures(deps, { ...path, ...query }),
  readOnline: ({ body }) => readOnline(deps, body),
  pushFeatures: ({ body }) => pushFeatures(deps, body),
  materialize: ({ body }) => startMaterialization(deps, body),
  materialization: ({ path }) => materializationProgress(deps, path.runId),
  historicalFeatures: ({ body }) => startHistorical(deps, body),
});
