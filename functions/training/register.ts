import { documents } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { trainingSteps } from '#contracts/steps.ts';
import { register } from '#core/training/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { trainingDeps, trainingEnv } from './_deps.ts';

const env = readEnv({ ...trainingEnv, REGISTRY_TABLE: text });
const registry = {
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  events: eventBridgeBus(env.EVENT_BUS_NAME),
};
const deps = { ...trainingDeps(env), registry };

export const handler = stepHandler(trainingSteps.register, (input) => register(deps, input));
