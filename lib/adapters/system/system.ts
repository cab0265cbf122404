import { createHash, randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Clock, Digest, Ids } from '#core/shared/ports.ts';

export const systemClock: Clock = { now: () => new Date() };

const ulid = monotonicFactory();
export const systemIds: Ids = { ulid: () => ulid(), hex32: () => randomBytes(16).toString('hex') };

export const systemDigest: Digest = { sha256: (content) => createHash('sha256').update(content).digest('hex') };
