import type { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { text } from '../_shared/env.ts';

export const historicalEnv = { DATA_BUCKET: text, CATALOG_TABLE: text };

/** What both steps of the historical pipeline read. */
export const historicalDeps = (env: z.infer<z.ZodObject<typeof historicalEnv>>) => {
  const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
  return {
    objects,
    catalog: s3DatasetCatalog(objects),
    definitions: dynamoFeatureCatalog(documents(), env.CATALOG_TABLE),
  };
};
