import { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { text } from '../_shared/env.ts';

export const monitoringEnv = {
  DATA_BUCKET: text,
  PROJECTS_TABLE: text,
  REGISTRY_TABLE: text,
  CODE_VERSION: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
};
type MonitoringEnv = z.infer<z.ZodObject<typeof monitoringEnv>>;

/** What both steps work with. */
export const monitoringDeps = (env: MonitoringEnv) => {
  const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
  return {
    projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
    registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
    engine: duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) }),
    datasets: {
      objects,
      catalog: s3DatasetCatalog(objects),
      digest: systemDigest,
      clock: systemClock,
      codeVersion: env.CODE_VERSION,
    },
  };
};
