import { z } from 'zod';
import { awsDataDeps } from '#adapters/aws/aws-data-deps.ts';
import { memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { text } from '../_shared/env.ts';

export const dataEnv = {
  DATA_BUCKET: text,
  PROJECTS_TABLE: text,
  CODE_VERSION: text,
  /** Where a layer or image brings DuckDB's extensions for databases. */
  DUCKDB_EXTENSIONS: text.optional(),
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
};

/** What every step of the data pipeline works with. */
export const dataDeps = (env: z.infer<z.ZodObject<typeof dataEnv>>) =>
  awsDataDeps({
    dataBucket: env.DATA_BUCKET,
    projectsTable: env.PROJECTS_TABLE,
    codeVersion: env.CODE_VERSION,
    extensionFolder: env.DUCKDB_EXTENSIONS,
    duckDb: { memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) },
  });
