import type { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoMaterializationLog } from '#adapters/aws/dynamo-materialization-log.ts';
import { dynamoWatermarks } from '#adapters/aws/dynamo-watermarks.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { text } from '../_shared/env.ts';

export const materializeEnv = { DATA_BUCKET: text, CODE_VERSION: text, CATALOG_TABLE: text };

/** What every step of a materialization works with. */
export const materializeDeps = (env: z.infer<z.ZodObject<typeof materializeEnv>>) => {
  const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
  const client = documents();
  return {
    objects,
    catalog: s3DatasetCatalog(objects),
    digest: systemDigest,
    clock: systemClock,
    codeVersion: env.CODE_VERSION,
    definitions: dynamoFeatureCatalog(client, env.CATALOG_TABLE),
    watermarks: dynamoWatermarks(client, env.CATALOG_TABLE),
    log: dynamoMaterializationLog(client, env.CATALOG_TABLE),
  };
};
