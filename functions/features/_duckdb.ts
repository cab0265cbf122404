import { z } from 'zod';
import { sourceSecrets } from '#adapters/aws/source-secrets.ts';
import { duckDbDatabases } from '#adapters/duckdb/duckdb-databases.ts';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { text } from '../_shared/env.ts';

export const engineEnv = {
  /** Where a layer or image brings DuckDB's extensions for databases. */
  DUCKDB_EXTENSIONS: text.optional(),
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
};
type EngineEnv = z.infer<z.ZodObject<typeof engineEnv>>;

/** The engine within a share of the Lambda's memory. */
export const tableEngine = (env: EngineEnv) =>
  duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) });

/** Databases that views are read from. */
export const sourceDatabases = ({ DUCKDB_EXTENSIONS: extensionFolder }: EngineEnv) =>
  duckDbDatabases({ extensionFolder, readSecret: sourceSecrets() });
