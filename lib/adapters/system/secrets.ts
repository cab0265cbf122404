import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '#core/identity/index.ts';

/** Secrets from the operating system's randomness. */
export const systemSecrets: Secrets = {
  secret: () => randomBytes(32).toString('hex'),
  equal: (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b)),
};
