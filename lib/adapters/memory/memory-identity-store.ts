import type { ApiKey } from '#contracts/identity.ts';
import type { KeyStore, StoredKey } from '#core/identity/index.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';

/** KeyStore in memory: the plain reading of the port's promises. */
export const memoryIdentityStore = (): KeyStore => {
  const shelf = new Map<string, StoredKey>();
  const newestFirst = (): ApiKey[] =>
    [...shelf.values()].map((stored) => stored.key).sort((a, b) => (a.keyId < b.keyId ? 1 : -1));
  return {
    create: async (stored) => void shelf.set(stored.key.keyId, stored),
    find: async (keyId) => shelf.get(keyId),
    revoke: async (keyId, at) => {
      const stored = shelf.get(keyId);
      if (!stored) return undefined;
      const key = { ...stored.key, revokedAt: stored.key.revokedAt ?? at };
      shelf.set(keyId, { ...stored, key });
      return key;
    },
    list: async ({ pageToken: token, maxResults }) => {
      const before = token === undefined ? undefined : sortKeyOf(token);
      const rest = newestFirst().filter((key) => before === undefined || key.keyId < before);
      const items = rest.slice(0, maxResults);
      const last = items.at(-1);
      return last && rest.length > items.length ? { items, nextPageToken: pageToken(last.keyId) } : { items };
    },
  };
};
