import { documents } from '#adapters/aws/clients.ts';
import { dynamoIdentityStore } from '#adapters/aws/dynamo-identity-store.ts';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '#core/identity/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ IDENTITY_TABLE: text });
const deps = {
  keys: dynamoIdentityStore(documents(), env.IDENTITY_TABLE),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  secrets: systemSecrets,
};

export const handler = httpApi(identityRoutes, {
  createApiKey: ({ body, caller }) => createApiKey(deps, { ...body, by: caller.id }),
  listApiKeys: ({ query }) => listApiKeys(deps, query),
  revokeApiKey: ({ path }) => revokeApiKey(deps, path.keyId),
});
