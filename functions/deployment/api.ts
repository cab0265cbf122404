import { documents } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { sfnPipelineEngine } from '#adapters/aws/sfn-pipeline-engine.ts';
import { systemIds } from '#adapters/system/system.ts';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { deployModel, getDeployment, rollBackByHand, rollBackModel, rolloutsOn } from '#core/deployment/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';
import { writerDeps, writerEnv } from './_deps.ts';

const env = readEnv({ ...writerEnv, PROJECTS_TABLE: text, DEPLOYMENT_PIPELINE_ARN: text });
const writer = writerDeps(env);
const rollouts = rolloutsOn({
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  engine: sfnPipelineEngine({ deployment: env.DEPLOYMENT_PIPELINE_ARN }),
  ids: systemIds,
});

export const handler = httpApi(deploymentRoutes, {
  deployModel: ({ body, caller }) => deployModel({ registry: writer.registry, rollouts }, body, caller),
  getDeployment: ({ path }) => getDeployment(writer.deployments, path.model),
  rollback: ({ path, body, caller }) => rollBackByHand(writer, { ...body, model: path.model, by: caller.id }),
  rollbackModel: ({ path, body, caller }) => rollBackModel(writer, { ...body, model: path.name, by: caller.id }),
});
