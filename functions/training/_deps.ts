import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { objectFiles } from '#adapters/aws/object-files.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { ArtifactFiles, RunDeps, TrainingDeps } from '#core/training/index.ts';
import { text } from '../_shared/env.ts';

type Env<T> = Record<keyof T, string>;

/** Names that a step needs which reads results and writes to runs; with a bus it may end them too. */
export const runEnv = { TRACKING_TABLE: text, ARTIFACT_BUCKET: text };
export const endingEnv = { ...runEnv, EVENT_BUS_NAME: text };
export const trainingEnv = { ...endingEnv, PROJECTS_TABLE: text };

export const runDeps = (env: Env<typeof runEnv> & Partial<Env<typeof endingEnv>>): RunDeps => ({
  tracking: {
    tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
    clock: systemClock,
    ids: systemIds,
    artifactBucket: env.ARTIFACT_BUCKET,
    ...(env.EVENT_BUS_NAME !== undefined && { events: eventBridgeBus(env.EVENT_BUS_NAME) }),
  },
  documents: objectDocuments(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  digest: systemDigest,
});

/** What every step of a training works with that knows its project. */
export const trainingDeps = (
  env: Parameters<typeof runDeps>[0] & { readonly PROJECTS_TABLE: string },
): TrainingDeps => ({
  ...runDeps(env),
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
});

/** Files of runs. */
export const artifactFiles = (env: { readonly ARTIFACT_BUCKET: string }): ArtifactFiles =>
  objectFiles(s3ObjectStore(s3(), env.ARTIFACT_BUCKET));
