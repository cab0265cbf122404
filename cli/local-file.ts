import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, resolve } from 'node:path';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { SourceEncoding } from '#contracts/sources.ts';
import type { Tables } from '#core/features/ports.ts';
import type { FetchedFile, LoadedSource } from '#core/features/raw-source.ts';
import { readable } from '#core/features/source-errors.ts';
import { literal } from '#core/features/sql-text.ts';
import { PlatformError } from '#core/shared/errors.ts';

export type FileFormat = 'csv' | 'parquet' | 'json';

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
};

/** By the name's end, also behind .gz and .zst. @throws SOURCE_INVALID that lists the endings */
const formatOf = (path: string): FileFormat => {
  const ending = extname(path.replace(/\.(gz|zst)$/i, '')).toLowerCase();
  const format = formats[ending];
  if (format) return format;
  throw new PlatformError(
    'SOURCE_INVALID',
    `${path}: cannot tell what it is; the name must end in ${Object.keys(formats).join(', ')} (CSV and JSON also with ` +
      '.gz or .zst behind), or say it with --format',
  );
};

/** The whole path of a file that is there. @throws SOURCE_MISSING */
export const requireFile = (path: string): string => {
  const whole = resolve(path);
  if (statSync(whole, { throwIfNoEntry: false })?.isFile()) return whole;
  throw new PlatformError('SOURCE_MISSING', `there is no file ${whole}`, { path: whole });
};

/** A file on this machine, ready to be asked. */
export interface LocalTable {
  readonly tables: Tables;
  readonly format: FileFormat;
  /** SQL behind FROM. */
  readonly from: string;
}

/** How a file is to be read, where its name and its content do not say it. */
export interface LocalOptions {
  /** Beyond it the engine spills to a folder for temporary files. @default 512 */
  readonly memory?: number | undefined;
  /** @default by the ending */
  readonly format?: FileFormat;
  /** @default found in the file */
  readonly delimiter?: string;
  /** @default utf-8 */
  readonly encoding?: SourceEncoding;
  /** Texts of a CSV that say "no value". */
  readonly null?: readonly string[];
}

const TABLE = 'local_file';

const loadedOf = (file: string, options: LocalOptions): LoadedSource => {
  const { format = formatOf(file), delimiter, encoding, null: nullTexts } = options;
  const dialect = { ...(delimiter !== undefined && { delimiter }), ...(nullTexts && { nullTexts: [...nullTexts] }) };
  const csv = format === 'csv' && { csv: dialect };
  const path = basename(file);
  return {
    ...{ project: 'local', name: path, isLocal: true, table: TABLE, textColumns: [] },
    source: { path, format, duplicates: 'keep', ...csv, ...(encoding !== undefined && { encoding }) },
    files: [{ path, local: file }],
  };
};

const requireBytes = ({ path, local }: FetchedFile): void => {
  if (statSync(local).size > 0) return;
  throw new PlatformError('SOURCE_EMPTY', `${path} holds 0 bytes; write the data again`, { path });
};

// As sources are read; loaded here, since Parquet needs none of it. The file itself is never touched.
const loadText = async (tables: Tables, loaded: LoadedSource, file: FetchedFile): Promise<void> => {
  const [{ formOf }, { loadSource }] = await Promise.all([
    import('#core/features/text-form.ts'),
    import('#core/features/load-source.ts'),
  ]);
  const form = formOf(loaded, file.path);
  const plain = form ? { ...file, local: tables.localPath(`plain/${file.path}`) } : file;
  if (form) await readable(loaded, [file], () => tables.plainText(file.local, plain.local, form));
  requireBytes(plain);
  await loadSource(tables, { ...loaded, files: [plain] });
};

/**
 * Opens a CSV, JSON lines or Parquet file in the engine, with all of the machine's cores and the checks that a project's
 * sources get. Parquet is read where it lies; text is read once into a table of the scratch folder.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID
 */
export const withLocalTable = <T>(
  path: string,
  options: LocalOptions,
  work: (table: LocalTable) => Promise<T>,
): Promise<T> => {
  const local = requireFile(path);
  const loaded = loadedOf(local, options);
  const { format } = loaded.source;
  const file = { path: loaded.name, local };
  requireBytes(file);
  const engine = duckDbEngine({
    memoryLimitMb: options.memory ?? 512,
    threads: availableParallelism(),
    files: [local],
  });
  return engine.open(async (tables) => {
    if (format !== 'parquet') {
      await loadText(tables, loaded, file);
      return work({ tables, format, from: TABLE });
    }
    const from = `read_parquet(${literal(local)}, hive_partitioning = false)`;
    await readable(loaded, [file], () => tables.columnsOf(`FROM ${from}`));
    return work({ tables, format, from });
  });
};
