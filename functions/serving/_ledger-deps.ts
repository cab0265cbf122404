import { z } from 'zod';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { text } from '../_shared/env.ts';

export const ledgerEnv = {
  LEDGER_BUCKET: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
};

/** DuckDB within a share of the Lambda's memory. */
export const ledgerEngine = (env: { readonly AWS_LAMBDA_FUNCTION_MEMORY_SIZE: number }) =>
  duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) });
