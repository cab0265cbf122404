import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { TrainingDeps } from '#core/training/index.ts';
import { text } from '../_shared/env.ts';

export const trainingEnv = {
  PROJECTS_TABLE: text,
  TRACKING_TABLE: text,
  ARTIFACT_BUCKET: text,
  EVENT_BUS_NAME: text,
};
type TrainingEnv = Record<keyof typeof trainingEnv, string>;

/** What every training step works with. */
export const trainingDeps = (env: TrainingEnv): TrainingDeps => ({
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  tracking: {
    tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
    clock: systemClock,
    ids: systemIds,
    artifactBucket: env.ARTIFACT_BUCKET,
    events: eventBridgeBus(env.EVENT_BUS_NAME),
  },
  documents: objectDocuments(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  digest: systemDigest,
});
