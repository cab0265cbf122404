import type { TableEngine } from '#core/features/ports.ts';
import { duckDbTables } from './duckdb-tables.ts';
import { type DuckDbOptions, withDuckDb } from './with-duckdb.ts';

/**
 * TableEngine on DuckDB.
 * @example duckDbEngine({ memoryLimitMb: 1_024 }).open((tables) => tables.rows('SELECT 1 AS one'))
 */
export const duckDbEngine = (options: DuckDbOptions = {}): TableEngine => ({
  open: (work) => withDuckDb(options, (connection, folder) => work(duckDbTables(connection, folder))),
});

/** Share of a Lambda's memory that DuckDB may use: the rest is for Node and the code around it. */
export const memoryShareMb = (lambdaMemoryMb: number): number => Math.max(128, Math.floor(lambdaMemoryMb * 0.6));
