import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { isNumeric } from '#core/features/column-types.ts';
import type { ColumnValues, TableColumn } from '#core/features/ports.ts';
import { identifier } from '#core/features/sql-text.ts';
import { speaking } from './engine-error.ts';

const holdsNumbers = (type: string): boolean => isNumeric(type) || type === 'BOOLEAN';

const asNumbers = (chunks: readonly DuckDBDataChunk[], index: number, rowCount: number): Float64Array => {
  const values = new Float64Array(rowCount);
  let at = 0;
  for (const chunk of chunks)
    for (const value of chunk.getColumnValues(index)) {
      values[at] = (value as number | null) ?? Number.NaN;
      at += 1;
    }
  return values;
};

/** Every column of a query as one array: numbers and booleans as doubles, all else as text. */
export const readColumns = (
  connection: DuckDBConnection,
  query: string,
  columns: readonly TableColumn[],
): Promise<Record<string, ColumnValues>> =>
  speaking(async () => {
    const casts = columns.map(({ name, type }) => `${identifier(name)}::${holdsNumbers(type) ? 'DOUBLE' : 'VARCHAR'}`);
    const result = await connection.run(`SELECT ${casts.join(', ')} FROM (${query})`);
    const chunks = await result.fetchAllChunks();
    const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const one = ({ type }: TableColumn, i: number): ColumnValues =>
      holdsNumbers(type)
        ? { kind: 'number', values: asNumbers(chunks, i, rowCount) }
        : { kind: 'text', values: chunks.flatMap((chunk) => chunk.getColumnValues(i) as (string | null)[]) };
    return Object.fromEntries(columns.map((column, i) => [column.name, one(column, i)]));
  });
