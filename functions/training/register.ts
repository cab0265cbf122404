import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import { register } from '#core/training/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { artifactFiles, trainingDeps, trainingEnv } from './_deps.ts';

const env = readEnv({ ...trainingEnv, REGISTRY_TABLE: text, DATA_BUCKET: text });
const registry = {
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  events: eventBridgeBus(env.EVENT_BUS_NAME),
};
const catalog = s3DatasetCatalog(s3ObjectStore(s3(), env.DATA_BUCKET));
const deps = { ...trainingDeps(env), registry, catalog, files: artifactFiles(env) };

export const handler = stepHandler(trainingSteps.register, (input) => register(deps, input));
