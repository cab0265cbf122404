import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryIdentityStore } from '#adapters/memory/memory-identity-store.ts';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { authenticate, createApiKey, revokeApiKey } from '#core/identity/index.ts';

const deps = {
  keys: memoryIdentityStore(),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  secrets: systemSecrets,
  bootstrapKey: async () => 'bootstrap:secret',
};
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const who = (header: string | undefined) => authenticate(deps, header);

describe('who sends an Authorization header', () => {
  let apiKey: string;
  let keyId: string;
  beforeAll(async () => {
    ({ apiKey, keyId } = await createApiKey(deps, { name: 'ui', role: 'viewer', by: 'test' }));
  });

  it.each(['me', '', 'Jörg Müller', 'a@b.c'])('is the key, sent as the password of %j', async (user) => {
    expect(await who(basic(user, apiKey))).toEqual({ id: keyId, role: 'viewer' });
  });

  it('is the same by Bearer and by Basic, in any case of the scheme', async () => {
    expect(await who(`Bearer ${apiKey}`)).toEqual({ id: keyId, role: 'viewer' });
    expect(await who(basic('x', apiKey).replace('Basic', 'basic'))).toEqual({ id: keyId, role: 'viewer' });
    expect(await who(basic('x', apiKey).replace(/=+$/, ''))).toEqual({ id: keyId, role: 'viewer' });
  });

  it('takes all after the first colon for the password', async () => {
    expect(await who(basic('admin', 'bootstrap:secret'))).toEqual({ id: 'bootstrap-admin', role: 'admin' });
  });

  it.each([
    ['the key as the user name', () => basic(apiKey, '')],
    ['a wrong secret', () => basic('x', `${apiKey.slice(0, -1)}!`)],
    ['a blank in the password', () => basic('x', ` ${apiKey}`)],
    ['a name without a password', () => `Basic ${Buffer.from(apiKey).toString('base64')}`],
    ['what is not base64', () => `Basic x:${apiKey}`],
    ['more than a password may be long', () => basic('x', 'y'.repeat(513))],
    ['an empty one', () => 'Basic '],
    ['another scheme', () => `Digest ${apiKey}`],
    ['nothing', () => undefined],
  ])('is nobody for %s', async (_, header) => {
    expect(await who(header())).toBeUndefined();
  });

  it('is nobody once the key is revoked', async () => {
    const other = await createApiKey(deps, { name: 'gone', role: 'viewer', by: 'test' });
    await revokeApiKey(deps, other.keyId);
    expect(await who(basic('x', other.apiKey))).toBeUndefined();
  });
});
