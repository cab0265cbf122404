import { documents } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock } from '#adapters/system/system.ts';
import { deploymentSteps } from '#contracts/steps.ts';
import { shift } from '#core/deployment/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';

const env = readEnv({ DEPLOYMENTS_TABLE: text, EVENT_BUS_NAME: text });
const deps = {
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
  clock: systemClock,
  events: eventBridgeBus(env.EVENT_BUS_NAME),
};

export const handler = stepHandler(deploymentSteps.shift, (input) => shift(deps, input));
