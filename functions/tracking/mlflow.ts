import { documents } from '#adapters/aws/clients.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { readEnv, text } from '../_shared/env.ts';
import { trackingDoor } from './mlflow/tracking-door.ts';

const env = readEnv({ TRACKING_TABLE: text, ARTIFACT_BUCKET: text, EVENT_BUS_NAME: text });

export const handler = trackingDoor({
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  events: eventBridgeBus(env.EVENT_BUS_NAME),
  clock: systemClock,
  ids: systemIds,
  artifactBucket: env.ARTIFACT_BUCKET,
});
