import { documents } from '#adapters/aws/clients.ts';
import { dynamoIdentityStore } from '#adapters/aws/dynamo-identity-store.ts';
import { secretsBootstrapKey } from '#adapters/aws/secrets-bootstrap-key.ts';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { type Caller, callerContext } from '#contracts/routes.ts';
import { authenticate } from '#core/identity/index.ts';
import type { CallerFacts } from './caller.ts';
import { readEnv, text } from './env.ts';

/** Who sends an Authorization header; undefined for nobody the platform knows. Throws when the store is away. */
export type KeyCheck = (authorization: string | undefined) => Promise<Caller | undefined>;

/** For functions that look at keys themselves: once a cold start. */
export const keyCheck = (): KeyCheck => {
  const env = readEnv({ IDENTITY_TABLE: text, ADMIN_KEY_SECRET_ARN: text });
  const deps = {
    keys: dynamoIdentityStore(documents(), env.IDENTITY_TABLE),
    bootstrapKey: secretsBootstrapKey({ secretArn: env.ADMIN_KEY_SECRET_ARN, clock: systemClock }),
    digest: systemDigest,
    secrets: systemSecrets,
  };
  return (authorization) => authenticate(deps, authorization);
};

/** A caller as the authorizer tells of him. */
export const factsOf = (caller: Caller | undefined): CallerFacts =>
  caller && { [callerContext.id]: caller.id, [callerContext.role]: caller.role };
