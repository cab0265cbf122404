import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LocalFile, Row, TableColumn, Tables } from '#core/features/ports.ts';
import { literal } from '#core/features/sql-text.ts';
import { toRow } from './cells.ts';
import { readColumns } from './columns.ts';
import { speaking, toEngineError } from './engine-error.ts';
import { fillTable } from './fill-table.ts';
import { plainText } from './plain-text.ts';
import { createTable, parametersOf } from './user-sql.ts';

// One row group is one core's work when the file is read, so they are not larger than this.
const ROW_GROUP_ROWS = 100_000;

const fingerprint = async (file: string): Promise<LocalFile> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
};

const columnsOf = (connection: DuckDBConnection, query: string): Promise<TableColumn[]> =>
  speaking(async () => {
    const reader = await connection.runAndReadAll(`DESCRIBE ${query}`);
    return reader.getRowObjects().map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
  });

async function* batches(connection: DuckDBConnection, query: string): AsyncGenerator<Row[]> {
  try {
    const result = await connection.stream(query);
    for await (const rows of result.yieldRowObjects()) yield rows.map(toRow);
  } catch (error) {
    throw toEngineError(error);
  }
}

const writeParquet = async (connection: DuckDBConnection, query: string, file: string): Promise<LocalFile> => {
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`;
  await speaking(() => connection.run(`COPY (${query}) TO ${literal(file)} (${options})`));
  return fingerprint(file);
};

/** Tables on an open DuckDB connection whose files lie in `folder`. */
export const duckDbTables = (connection: DuckDBConnection, folder: string): Tables => ({
  localPath: (name) => {
    const file = join(folder, name);
    if (!file.startsWith(`${folder}${sep}`)) throw new Error(`"${name}" lies outside of the scratch folder`);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  },
  fingerprint,
  plainText,
  discard: (file) => rm(file, { force: true }),
  run: async (sql) => {
    await speaking(() => connection.run(sql));
  },
  columnsOf: (query) => columnsOf(connection, query),
  rows: (query) => speaking(async () => (await connection.runAndReadAll(query)).getRowObjects().map(toRow)),
  batches: (query) => batches(connection, query),
  columns: async (query) => readColumns(connection, query, await columnsOf(connection, query)),
  fill: (name, columns) => fillTable(connection, name, columns),
  parametersOf: (sql) => parametersOf(connection, sql),
  createTable: (name, sql) => createTable(connection, name, sql),
  writeParquet: (query, file) => writeParquet(connection, query, file),
});
