import { z } from 'zod';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';

/** Set by Lambda itself. */
export const engineEnv = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024) };

/** Apart from what the last step works with, which carries no DuckDB. */
export const materializeEngine = (env: z.infer<z.ZodObject<typeof engineEnv>>) =>
  duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) });
