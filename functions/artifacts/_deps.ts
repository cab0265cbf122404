import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { s3ArtifactStore } from '#adapters/aws/s3-artifact-store.ts';
import { s3Presigning } from '#adapters/aws/s3-presign-client.ts';
import { readEnv, text } from '../_shared/env.ts';

const env = readEnv({ ARTIFACT_BUCKET: text, TRACKING_TABLE: text, REGISTRY_TABLE: text });

export const deps = {
  artifacts: s3ArtifactStore({ client: s3(), presigning: s3Presigning() }, env.ARTIFACT_BUCKET),
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  bucket: env.ARTIFACT_BUCKET,
};
