import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, resolve } from 'node:path';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Tables } from '#core/features/ports.ts';
import { literal } from '#core/features/sql-text.ts';
import { PlatformError } from '#core/shared/errors.ts';

export type FileFormat = 'csv' | 'parquet' | 'json';

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.jsonl': 'json',
  '.ndjson': 'json',
};

/** By the name's end, also behind .gz. @throws Error that lists the endings */
export const formatOf = (path: string): FileFormat => {
  const ending = extname(path.replace(/\.gz$/i, '')).toLowerCase();
  const format = formats[ending];
  if (format) return format;
  throw new PlatformError(
    'SOURCE_INVALID',
    `${path}: cannot tell what it is; the name must end in ${Object.keys(formats).join(', ')}, or one of CSV and JSON lines with .gz behind`,
  );
};

/** @throws Error when there is no such file */
export const requireFile = (path: string): string => {
  const whole = resolve(path);
  if (!existsSync(whole) || !statSync(whole).isFile())
    throw new PlatformError('SOURCE_EMPTY', `there is no file ${whole}`);
  return whole;
};

// Types are found by looking at every row: a text far down must not surprise the first look.
const readers: Readonly<Record<FileFormat, (path: string) => string>> = {
  csv: (path) => `read_csv(${path}, sample_size = -1, hive_partitioning = false)`,
  json: (path) => `read_json(${path}, format = 'newline_delimited', sample_size = -1)`,
  parquet: (path) => `read_parquet(${path}, hive_partitioning = false)`,
};

/** A file on this machine, ready to be asked. */
export interface LocalTable {
  readonly tables: Tables;
  readonly format: FileFormat;
  /** SQL behind FROM. */
  readonly from: string;
}

export interface LocalOptions {
  /** Beyond it the engine spills to a folder for temporary files. @default 512 */
  readonly memoryLimitMb?: number | undefined;
}

/**
 * Opens a CSV, JSON lines or Parquet file in the engine, with all of the machine's cores. Parquet is read where it lies;
 * text is read once into a table of the scratch folder.
 */
export const withLocalTable = <T>(
  path: string,
  { memoryLimitMb = 512 }: LocalOptions,
  work: (table: LocalTable) => Promise<T>,
): Promise<T> => {
  const file = requireFile(path);
  const format = formatOf(file);
  const engine = duckDbEngine({ memoryLimitMb, threads: availableParallelism(), files: [file] });
  return engine.open(async (tables) => {
    const reader = readers[format](literal(file));
    if (format === 'parquet') return work({ tables, format, from: reader });
    await tables.run(`CREATE TABLE local_file AS FROM ${reader}`);
    return work({ tables, format, from: 'local_file' });
  });
};
