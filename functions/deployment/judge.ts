import { documents } from '#adapters/aws/clients.ts';
import { cloudWatchHealth } from '#adapters/aws/cloudwatch-health.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { systemClock } from '#adapters/system/system.ts';
import { deploymentSteps } from '#contracts/steps.ts';
import { judge } from '#core/deployment/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';

const env = readEnv({ DEPLOYMENTS_TABLE: text });
const deps = {
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
  health: cloudWatchHealth(),
  clock: systemClock,
};

export const handler = stepHandler(deploymentSteps.judge, (input) => judge(deps, input));
