import { documents } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { readEnv, text } from '../_shared/env.ts';
import { registryDoor } from './mlflow/registry-door.ts';

const env = readEnv({ REGISTRY_TABLE: text, TRACKING_TABLE: text, ARTIFACT_BUCKET: text, EVENT_BUS_NAME: text });

export const handler = registryDoor({
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  events: eventBridgeBus(env.EVENT_BUS_NAME),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  artifactBucket: env.ARTIFACT_BUCKET,
});
