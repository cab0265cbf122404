import { documents } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { deploymentSteps } from '#contracts/steps.ts';
import { plan } from '#core/deployment/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { metricLagEnv } from './_deps.ts';

const env = readEnv({ DEPLOYMENTS_TABLE: text, REGISTRY_TABLE: text, PROJECTS_TABLE: text, ...metricLagEnv });
const deps = {
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  registry: {
    registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
  },
  clock: systemClock,
  metricLagSeconds: env.METRIC_LAG_SECONDS,
};

export const handler = stepHandler(deploymentSteps.plan, (input) => plan(deps, input));
