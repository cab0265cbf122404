import { documents } from '#adapters/aws/clients.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import {
  createExperiment,
  getExperiment,
  getMetricHistory,
  getRun,
  listRuns,
  searchExperiments,
} from '#core/tracking/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ TRACKING_TABLE: text, ARTIFACT_BUCKET: text });
const tracking = dynamoTrackingStore(documents(), env.TRACKING_TABLE);
const deps = { tracking, clock: systemClock, ids: systemIds, artifactBucket: env.ARTIFACT_BUCKET };

// MLflow keeps an experiment's description in this tag.
const described = (description: string | undefined): Record<string, string> =>
  description === undefined ? {} : { 'mlflow.note.content': description };

export const handler = httpApi(trackingRoutes, {
  createExperiment: async ({ body }) => {
    const tags = { ...described(body.description), ...body.tags };
    const { experimentId, name } = await createExperiment(deps, { name: body.name, tags });
    return { experiment_id: experimentId, name, status: 'created' as const };
  },
  listExperiments: ({ query }) => searchExperiments(deps, { ...query, view: 'ACTIVE_ONLY' }),
  getExperiment: ({ path }) => getExperiment(deps, path.experimentId),
  listRuns: ({ path, query }) => listRuns(deps, path.experimentId, query),
  getRun: ({ path }) => getRun(deps, path.runId),
  getMetricHistory: ({ path, query }) => getMetricHistory(deps, { ...path, ...query }),
});
