import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { authenticate, createApiKey, type KeyStore, listApiKeys, revokeApiKey } from '#core/identity/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const depsOn = (keys: KeyStore) => ({
  keys,
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
  secrets: systemSecrets,
  bootstrapKey: async () => 'the-admin-key' as string | undefined,
});

/** What KeyStore promises, seen through the verbs that stand on it, whatever keeps it. */
export const identityStoreContract = (what: string, make: () => Promise<KeyStore>): void =>
  describe(`KeyStore on ${what}`, () => {
    let deps: ReturnType<typeof depsOn>;
    beforeAll(async () => {
      deps = depsOn(await make());
    }, EMULATOR_START_MS);
    const key = (role: 'viewer' | 'deployer' = 'deployer') => createApiKey(deps, { name: 'ci', role, by: 'ann' });

    it('opens to the key that was made, as its role, and keeps no secret', async () => {
      const made = await key();
      expect(made.apiKey).toMatch(/^mlp_[0-9A-Z]{26}_[0-9a-f]{64}$/);
      expect(await authenticate(deps, `Bearer ${made.apiKey}`)).toEqual({ id: made.keyId, role: 'deployer' });
      expect(JSON.stringify(await deps.keys.find(made.keyId))).not.toContain(made.apiKey.slice(-64));
    });

    it('opens to the bootstrap key as admin, and to nothing when there is none', async () => {
      expect(await authenticate(deps, 'Bearer the-admin-key')).toEqual({ id: 'bootstrap-admin', role: 'admin' });
      const without = { ...deps, bootstrapKey: async () => undefined };
      expect(await authenticate(without, 'Bearer undefined')).toBeUndefined();
    });

    it('opens to nobody else', async () => {
      const { apiKey, keyId } = await key();
      const wrong = [undefined, '', 'Bearer', apiKey, `Basic ${apiKey}`, `Bearer ${apiKey}0`, `Bearer mlp_${keyId}_x`];
      for (const header of [...wrong, `Bearer ${apiKey.slice(0, -1)}`, 'Bearer mlp__', 'Bearer the-admin-ke'])
        expect(await authenticate(deps, header)).toBeUndefined();
    });

    it('stays shut to a revoked key, and keeps the moment of the first revocation', async () => {
      const { apiKey, keyId } = await key();
      const revoked = await revokeApiKey(deps, keyId);
      expect(revoked.revokedAt).toBeDefined();
      expect(await revokeApiKey(deps, keyId)).toEqual(revoked);
      expect(await authenticate(deps, `Bearer ${apiKey}`)).toBeUndefined();
      await expect(revokeApiKey(deps, 'nobody')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    });

    it('lists newest first, a page at a time', async () => {
      const alone = depsOn(await make());
      const made = [];
      for (let i = 0; i < 5; i++)
        made.push((await createApiKey(alone, { name: `${i}`, role: 'viewer', by: 'ann' })).keyId);
      const listed = await allPages((page) => listApiKeys(alone, page), 2);
      expect(listed.map((found) => found.keyId)).toEqual(made.reverse());
      expect(JSON.stringify(listed)).not.toContain('secret');
    });
  });
