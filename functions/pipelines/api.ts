import { documents } from '#adapters/aws/clients.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoProbe } from '#adapters/aws/dynamo-probe.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRunStore } from '#adapters/aws/dynamo-run-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3Presigning } from '#adapters/aws/s3-presign-client.ts';
import { eventBridgeScheduler } from '#adapters/aws/scheduler-schedules.ts';
import { sfnPipelineEngine } from '#adapters/aws/sfn-pipeline-engine.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { type PipelineRun, pipelineRoutes } from '#contracts/pipelines.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import { applyDefinitions } from '#core/features/index.ts';
import {
  applyProject,
  checkHealth,
  getPipelineRun,
  listPipelineRuns,
  loadProject,
  requestUploads,
  startPipeline,
} from '#core/pipelines/index.ts';
import { scoringProgress } from '#core/serving/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';
import { pipelineArns, pipelineArnsEnv } from './pipeline-arns.ts';

const env = readEnv({
  ...pipelineArnsEnv,
  PROJECTS_TABLE: text,
  CATALOG_TABLE: text,
  DATA_BUCKET: text,
  SCHEDULER_ROLE_ARN: text,
  SCHEDULE_GROUP: text,
  UNDELIVERED_QUEUE_ARN: text,
  TRACKING_TABLE: text.optional(),
  REGISTRY_TABLE: text.optional(),
  DEPLOYMENTS_TABLE: text.optional(),
});
const arns = pipelineArns(env);
const catalog = {
  catalog: dynamoFeatureCatalog(documents(), env.CATALOG_TABLE),
  digest: systemDigest,
  clock: systemClock,
};
const data = s3ObjectStore(s3Presigning(), env.DATA_BUCKET);
const deps = {
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  definitions: { apply: async (version: ProjectVersion) => void (await applyDefinitions(catalog, version)) },
  runs: dynamoRunStore(documents(), env.PROJECTS_TABLE),
  engine: sfnPipelineEngine(arns),
  scheduler: eventBridgeScheduler({
    arns,
    roleArn: env.SCHEDULER_ROLE_ARN,
    group: env.SCHEDULE_GROUP,
    deadLetterArn: env.UNDELIVERED_QUEUE_ARN,
  }),
  data,
  progress: (run: PipelineRun) => scoringProgress(data, run),
  parse: parseText,
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
};

// Tables of other capabilities are probed where the stack lets this function.
const tables = {
  projects: env.PROJECTS_TABLE,
  catalog: env.CATALOG_TABLE,
  tracking: env.TRACKING_TABLE,
  registry: env.REGISTRY_TABLE,
  deployments: env.DEPLOYMENTS_TABLE,
};
const probes = Object.fromEntries(
  Object.entries(tables).flatMap(([name, table]) => (table ? [[name, dynamoProbe(documents(), table)]] : [])),
);

export const handler = httpApi(pipelineRoutes, {
  applyProject: ({ body, caller }) => applyProject(deps, { ...body, by: caller.id }),
  listProjects: ({ query }) => deps.projects.list(query),
  getProject: ({ path }) => loadProject(deps.projects, path.project),
  requestUploads: ({ path, body }) => requestUploads(deps, path.project, body.files),
  startPipeline: ({ path, body, caller }) => startPipeline(deps, { ...path, ...body, caller }),
  listPipelineRuns: ({ query }) => listPipelineRuns(deps, query),
  getPipelineRun: ({ path }) => getPipelineRun(deps, path.runId),
  health: () => checkHealth(probes),
});
