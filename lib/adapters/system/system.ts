import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import type { Clock, Digest, Ids } from '#core/shared/ports.ts';
import { monotonicUlid } from './monotonic-ulid.ts';

export const systemClock: Clock = { now: () => new Date() };

export const systemIds: Ids = {
  ulid: monotonicUlid(Date.now, randomFillSync),
  hex32: () => randomBytes(16).toString('hex'),
};

export const systemDigest: Digest = { sha256: (content) => createHash('sha256').update(content).digest('hex') };
