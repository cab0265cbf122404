import { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { dataSteps } from '#contracts/steps.ts';
import { sizeOf } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';

const bytes = z.coerce.number().int().positive();
const env = readEnv({
  DATA_BUCKET: text,
  PROJECTS_TABLE: text,
  FARGATE_FROM_BYTES: bytes,
  /** A stage without Athena does not set it. */
  ATHENA_FROM_BYTES: bytes.optional(),
});
const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
const deps = {
  objects,
  catalog: s3DatasetCatalog(objects),
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  limits: { fargateFromBytes: env.FARGATE_FROM_BYTES, athenaFromBytes: env.ATHENA_FROM_BYTES },
};

export const handler = stepHandler(dataSteps.size, (input) => sizeOf(deps, input));
