import type { Caller } from '#contracts/routes.ts';
import { fromBase64 } from '../shared/base64.ts';
import type { BootstrapKey, IdentityDeps } from './ports.ts';

type Judging = Pick<IdentityDeps, 'keys' | 'digest' | 'secrets'> & { readonly bootstrapKey: BootstrapKey };

const BEARER = /^Bearer +(\S{1,512})$/i;
const STORED_KEY = /^mlp_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{1,128})$/;

/** What browsers and MLFLOW_TRACKING_PASSWORD send: the key is the password, the user name is anybody's. */
const BASIC = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2})$/i;
const PASSWORD = /^[^:]*:(\S{1,512})$/;

const passwordOf = (header: string): string | undefined => {
  const [, sent] = BASIC.exec(header) ?? [];
  return sent === undefined ? undefined : PASSWORD.exec(fromBase64(sent) ?? '')?.[1];
};

const keyOf = (header = ''): string | undefined => BEARER.exec(header)?.[1] ?? passwordOf(header);

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
 * Who sends this Authorization header: a Bearer token, or Basic with the API key as password and any user name.
 * Undefined when it is nobody the platform knows.
 * @example await authenticate(deps, 'Bearer mlp_01J…_…') // { id: '01J…', role: 'scientist' }
 */
export const authenticate = async (deps: Judging, authorization: string | undefined): Promise<Caller | undefined> => {
  const token = keyOf(authorization);
  if (token === undefined) return undefined;
  return (await storedCaller(deps, token)) ?? bootstrapCaller(deps, token);
};
