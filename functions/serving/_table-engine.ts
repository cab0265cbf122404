import { z } from 'zod';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';

export const engineEnv = {
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
};

/** The engine within a share of the function's memory. */
export const tableEngine = (env: z.infer<z.ZodObject<typeof engineEnv>>) =>
  duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) });
