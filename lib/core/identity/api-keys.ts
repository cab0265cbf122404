import type { Page, PageQuery } from '#contracts/common.ts';
import type { ApiKey } from '#contracts/identity.ts';
import type { Role } from '#contracts/routes.ts';
import { PlatformError } from '../shared/errors.ts';
import type { IdentityDeps, KeyStore } from './ports.ts';

export interface NewKey {
  /** What people call it. */
  readonly name: string;
  readonly role: Role;
  readonly by: string;
}

/** Makes a key; `apiKey` (mlp_{keyId}_{secret}) is in this answer and nowhere else ever again. */
export const createApiKey = async (deps: IdentityDeps, wanted: NewKey): Promise<ApiKey & { apiKey: string }> => {
  const secret = deps.secrets.secret();
  const key: ApiKey = {
    keyId: deps.ids.ulid(),
    name: wanted.name,
    role: wanted.role,
    createdAt: deps.clock.now().toISOString(),
    createdBy: wanted.by,
  };
  await deps.keys.create({ key, secretSha256: deps.digest.sha256(secret) });
  return { ...key, apiKey: `mlp_${key.keyId}_${secret}` };
};

/** Newest first, revoked ones too. */
export const listApiKeys = ({ keys }: { keys: KeyStore }, page: PageQuery): Promise<Page<ApiKey>> => keys.list(page);

/**
 * From now on the key opens nothing; the gateway keeps what the authorizer said of it for up to a minute longer.
 * Revoking it again changes nothing.
 * @throws KEY_NOT_FOUND
 */
export const revokeApiKey = async (deps: Pick<IdentityDeps, 'keys' | 'clock'>, keyId: string): Promise<ApiKey> => {
  const key = await deps.keys.revoke(keyId, deps.clock.now().toISOString());
  if (key) return key;
  throw new PlatformError(
    'KEY_NOT_FOUND',
    `there is no API key with the id "${keyId}"; a key is revoked by its id, not its name: \`mlp keys list\` (GET /keys) shows the ids`,
    { keyId },
  );
};
