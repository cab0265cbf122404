import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { dynamoIdentityStore } from '#adapters/aws/dynamo-identity-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { Role } from '#contracts/routes.ts';
import { createApiKey } from '#core/identity/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { emulator } from '#test/helpers/emulator.ts';
import type { LambdaHandler } from '#test/helpers/lambda-server.ts';

/** The door of artifacts on the emulator, with everything behind it, and a key of each role that matters. */
export const artifactWorld = async () => {
  const { url, config, documents, s3, freshTable, freshBucket } = await emulator();
  const table = () => freshTable('pk', 'sk');
  const secret = new CreateSecretCommand({ Name: `admin-${randomUUID()}`, SecretString: 'the-admin-key' });
  const { ARN } = await new SecretsManagerClient(config).send(secret);
  const [bucket, identity, tracking, registry] = [await freshBucket(), await table(), await table(), await table()];
  Object.assign(process.env, clientEnv(url), {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    ARTIFACT_BUCKET: bucket,
    IDENTITY_TABLE: identity,
    TRACKING_TABLE: tracking,
    REGISTRY_TABLE: registry,
    ADMIN_KEY_SECRET_ARN: ARN,
  });
  const { handler } = await import('../../../functions/artifacts/mlflow.ts');
  const system = { clock: systemClock, ids: systemIds, digest: systemDigest, secrets: systemSecrets };
  const keys = dynamoIdentityStore(documents, identity);
  const keyOf = async (role: Role) => {
    const { apiKey } = await createApiKey({ keys, ...system }, { name: role, role, by: 'test' });
    return `Bearer ${apiKey}`;
  };
  return {
    handler: handler as unknown as LambdaHandler,
    config,
    s3,
    bucket,
    tracking: { tracking: dynamoTrackingStore(documents, tracking), ...system, artifactBucket: bucket },
    registry: { registry: dynamoRegistryStore(documents, registry), ...system },
    scientist: await keyOf('scientist'),
    viewer: await keyOf('viewer'),
  };
};
export type ArtifactDoorWorld = Awaited<ReturnType<typeof artifactWorld>>;
