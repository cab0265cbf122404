import type { z } from 'zod';
import { s3 } from '#adapters/aws/clients.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { text } from '../_shared/env.ts';

export const scoringEnv = { DATA_BUCKET: text };

/** What every step of a scoring works with. */
export const scoringDeps = (env: z.infer<z.ZodObject<typeof scoringEnv>>) => {
  const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
  return { objects, catalog: s3DatasetCatalog(objects), digest: systemDigest, clock: systemClock };
};
