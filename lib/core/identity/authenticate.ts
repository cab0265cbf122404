import type { Caller } from '#contracts/routes.ts';
import type { BootstrapKey, IdentityDeps } from './ports.ts';

type Judging = Pick<IdentityDeps, 'keys' | 'digest' | 'secrets'> & { readonly bootstrapKey: BootstrapKey };

const BEARER = /^Bearer +(\S{1,512})$/i;
const STORED_KEY = /^mlp_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{1,128})$/;

const bearerOf = (header: string | undefined): string | undefined => BEARER.exec(header ?? '')?.[1];

const storedCaller = async ({ keys, digest, secrets }: Judging, token: string): Promise<Caller | undefined> => {
  const [, keyId, secret] = STORED_KEY.exec(token) ?? [];
  const stored = keyId === undefined ? undefined : await keys.find(keyId);
  if (!stored || secret === undefined || stored.key.revokedAt !== undefined) return undefined;
  if (!secrets.equal(digest.sha256(secret), stored.secretSha256)) return undefined;
  return { id: stored.key.keyId, role: stored.key.role };
};

const bootstrapCaller = async (
  { bootstrapKey, digest, secrets }: Judging,
  token: string,
): Promise<Caller | undefined> => {
  const key = await bootstrapKey();
  const same = key !== undefined && secrets.equal(digest.sha256(token), digest.sha256(key));
  return same ? { id: 'bootstrap-admin', role: 'admin' } : undefined;
};

/**
 * Who sends this Authorization header; undefined when it is nobody the platform knows.
 * @example await authenticate(deps, 'Bearer mlp_01J…_…') // { id: '01J…', role: 'scientist' }
 */
export const authenticate = async (deps: Judging, authorization: string | undefined): Promise<Caller | undefined> => {
  const token = bearerOf(authorization);
  if (token === undefined) return undefined;
  return (await storedCaller(deps, token)) ?? bootstrapCaller(deps, token);
};
