import { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import { prepare } from '#core/training/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { trainingDeps, trainingEnv } from './_deps.ts';

const env = readEnv({
  ...trainingEnv,
  DATA_BUCKET: text,
  REGISTRY_TABLE: text,
  CODE_VERSION: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
});
const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
const deps = {
  ...trainingDeps(env),
  registry: { registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE) },
  reports: s3ReportArchive(objects),
  engine: duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) }),
  datasets: {
    objects,
    catalog: s3DatasetCatalog(objects),
    digest: systemDigest,
    clock: systemClock,
    codeVersion: env.CODE_VERSION,
    events: eventBridgeBus(env.EVENT_BUS_NAME),
  },
};

export const handler = stepHandler(trainingSteps.prepare, (input) => prepare(deps, input));
