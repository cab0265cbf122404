import { documents } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { uiRoutes } from '#contracts/mlflow/ui.ts';
import { searchDatasets } from '#core/tracking/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { keyCheck } from '../_shared/key-check.ts';
import { callOfEither } from '../_shared/mlflow-balancer-call.ts';
import { mlflowApi } from '../_shared/mlflow-http.ts';
import { HttpReply } from '../_shared/mlflow-reply.ts';
import { answerGraphql } from './mlflow/graphql.ts';
import { uiPages } from './mlflow/pages.ts';
import { samplePoints, wirePoint } from './mlflow/samples.ts';

const env = readEnv({
  TRACKING_TABLE: text,
  REGISTRY_TABLE: text,
  ARTIFACT_BUCKET: text,
  LAMBDA_TASK_ROOT: text,
});
const deps = {
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  artifactBucket: env.ARTIFACT_BUCKET,
};
const check = keyCheck();
const pages = uiPages(check, env.LAMBDA_TASK_ROOT);

const json = (body: object): HttpReply =>
  new HttpReply({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
/** There is nothing of the kind here: no gateway, no traces, no scorers, and nobody is told what people click. */
const none = {
  gatewayProxy: async () => json({ endpoints: [] }),
  telemetryConfig: async () => json({ disable_ui_telemetry: true, disable_ui_events: [], ui_rollout_percentage: 0 }),
  telemetry: async () => json({ status: 'disabled' }),
  traceMetrics: async () => json({}),
  searchTraces: async () => json({}),
  searchEvaluationDatasets: async () => json({}),
  listScorers: async () => json({}),
  listMcpServers: async () => json({ mcp_servers: [] }),
};

/**
 * What MLflow's web UI needs beyond the REST API of tracking, registry and artifacts. A load balancer may ask it
 * too: API Gateway renames WWW-Authenticate, without which no browser asks its reader for a key.
 */
export const handler = mlflowApi(
  uiRoutes,
  {
    indexPage: ({ call }) => pages.indexPage(call),
    staticFile: ({ path, call }) => pages.staticFile(path.file, call),
    version: () => pages.version(),
    graphql: ({ message, call }) => answerGraphql(deps, message, call.headers['accept-encoding']),
    getMetricHistoryBulkInterval: async ({ message }) => ({
      metrics: (await samplePoints(deps, message)).map(wirePoint),
    }),
    searchDatasets: async ({ message }) => ({
      dataset_summaries: (await searchDatasets(deps, message.experiment_ids)).map(
        ({ experimentId, name, digest, context }) => ({ experiment_id: experimentId, name, digest, context }),
      ),
    }),
    ...none,
  },
  callOfEither(check),
);
