import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import type { NewColumn } from '#core/features/ports.ts';
import { identifier } from '#core/features/sql-text.ts';
import { speaking } from './engine-error.ts';

/** What a chunk holds at most. */
const CHUNK_ROWS = 2_048;

type Values = NewColumn['values'];
const isNumbers = (values: Values): values is Float64Array => values instanceof Float64Array;

const numbers = (values: Float64Array, from: number, to: number): (number | null)[] =>
  Array.from(values.subarray(from, to), (value) => (Number.isNaN(value) ? null : value));

const cells = (values: Values, from: number, to: number): readonly (number | string | null)[] =>
  isNumbers(values) ? numbers(values, from, to) : values.slice(from, to);

/** Makes a table of whole columns, chunk by chunk: no statement has to be read for a row. */
export const fillTable = (connection: DuckDBConnection, name: string, columns: readonly NewColumn[]): Promise<void> =>
  speaking(async () => {
    const shape = columns.map(
      (column) => `${identifier(column.name)} ${isNumbers(column.values) ? 'DOUBLE' : 'VARCHAR'}`,
    );
    await connection.run(`CREATE TABLE ${identifier(name)} (${shape.join(', ')})`);
    const types = columns.map(({ values }) => (isNumbers(values) ? DOUBLE : VARCHAR));
    const count = columns[0]?.values.length ?? 0;
    const appender = await connection.createAppender(name);
    try {
      for (let from = 0; from < count; from += CHUNK_ROWS) {
        const to = Math.min(count, from + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, to - from);
        chunk.setColumns(columns.map(({ values }) => cells(values, from, to)));
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
  });
