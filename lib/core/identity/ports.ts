import type { Page, PageQuery } from '#contracts/common.ts';
import type { ApiKey } from '#contracts/identity.ts';
import type { Clock, Digest, Ids } from '../shared/ports.ts';

export interface StoredKey {
  readonly key: ApiKey;
  /** sha256 of the secret: the secret itself is never kept. */
  readonly secretSha256: string;
}

/** API keys. Every read sees every write that was answered before it. */
export interface KeyStore {
  create(stored: StoredKey): Promise<void>;
  find(keyId: string): Promise<StoredKey | undefined>;
  /** Sets the moment unless it is set; answers the key, undefined when there is none. */
  revoke(keyId: string, at: string): Promise<ApiKey | undefined>;
  /** Newest first. */
  list(page: PageQuery): Promise<Page<ApiKey>>;
}

/** The admin key that exists before any other; undefined when the platform has none. */
export type BootstrapKey = () => Promise<string | undefined>;

export interface Secrets {
  /** A new secret that nobody can guess: letters and digits, 256 bits. */
  secret(): string;
  /** Compares in a time that tells nothing about where two texts differ. */
  equal(a: string, b: string): boolean;
}

export interface IdentityDeps {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly secrets: Secrets;
}
