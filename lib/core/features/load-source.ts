import { PlatformError } from '../shared/errors.ts';
import { fittingValue } from './column-values.ts';
import { isEngineError } from './engine-error.ts';
import { didYouMean, listed } from './nearest.ts';
import type { TableColumn, Tables } from './ports.ts';
import { raggedRow } from './ragged-csv.ts';
import type { FetchedFile, LoadedSource } from './raw-source.ts';
import { reading } from './readers.ts';
import { readable, unreadable } from './source-errors.ts';
import { checkKey } from './source-key.ts';
import { sourceTypes, type Typed } from './source-types.ts';
import { identifier } from './sql-text.ts';
import { readCsv } from './text-table.ts';

const describeCsv = async (
  tables: Tables,
  loaded: LoadedSource,
  file: FetchedFile,
): Promise<readonly TableColumn[]> => {
  const { source } = loaded;
  const seen = await tables.columnsOf(`FROM ${reading(source, [file])}`).catch((error: unknown) => {
    if (isEngineError(error)) return error;
    throw error;
  });
  const suspicious = isEngineError(seen) || (seen.length === 1 && /[,;|\t]/.test(seen[0]?.name ?? ''));
  const words = suspicious ? await raggedRow(tables, source, file.local) : undefined;
  if (words !== undefined) throw unreadable(loaded, file.path, words);
  if (isEngineError(seen)) throw unreadable(loaded, file.path, seen.message);
  return seen;
};

const describe = (tables: Tables, loaded: LoadedSource, file: FetchedFile): Promise<readonly TableColumn[]> =>
  loaded.source.format === 'csv' && !loaded.source.database
    ? describeCsv(tables, loaded, file)
    : readable(loaded, [file], () => tables.columnsOf(`FROM ${reading(loaded.source, [file])}`));

const checkColumns = ({ name, source }: LoadedSource, path: string, seen: readonly string[]): void => {
  const there = new Set(seen.map((column) => column.toLowerCase()));
  const given = [source.key, source.timestamp, source.created, ...Object.keys(source.types ?? {})];
  const wanted = [...(source.columns ?? []), ...given].filter((c) => c !== undefined);
  const absent = wanted.find((column) => !there.has(column.toLowerCase()));
  if (absent === undefined) return;
  throw new PlatformError(
    'COLUMN_MISSING',
    `source "${name}": ${path} has no column "${absent}"${didYouMean(absent, seen)}; it has: ${listed(seen, 50)}`,
    { source: name, path, column: absent, columns: seen },
  );
};

const checkWidth = (loaded: LoadedSource, path: string, seen: readonly string[]): void => {
  const { csv, columns = [] } = loaded.source;
  if (csv?.header !== false || seen.length === columns.length) return;
  const words = `it has ${seen.length} columns, and \`columns\` names ${columns.length}`;
  throw unreadable(loaded, path, words);
};

/** Answers the first file's columns. */
const checkFiles = async (tables: Tables, loaded: LoadedSource): Promise<readonly TableColumn[]> => {
  let first: readonly TableColumn[] | undefined;
  for (const file of loaded.files) {
    const columns = await describe(tables, loaded, file);
    const names = columns.map((column) => column.name);
    checkWidth(loaded, file.path, names);
    checkColumns(loaded, file.path, names);
    first ??= columns;
  }
  return first ?? [];
};

const selected = ({ source }: LoadedSource) => {
  const formats = source.csv ?? {};
  return ({ column, type }: Typed): string => {
    const name = identifier(column.name);
    return type === undefined ? name : `${fittingValue(column, { type, formats })} AS ${name}`;
  };
};

const isConverted = ({ column, type }: Typed): boolean =>
  type !== undefined && !(type === 'string' && column.type === 'VARCHAR');

// Parquet is read where it lies; text is parsed once, and copied only where types had to be found in all of it.
const define = async (tables: Tables, loaded: LoadedSource, columns: readonly TableColumn[]): Promise<void> => {
  const { format, database, duplicates } = loaded.source;
  const isText = format !== 'parquet' && !database;
  const what = isText ? 'TABLE' : 'VIEW';
  const [read, table] = [`${loaded.table} as read`, identifier(loaded.table)];
  const isCsv = isText && format === 'csv';
  const decided = isCsv ? await readCsv(tables, loaded, { read, columns }) : new Set<string>();
  if (!isCsv) await tables.run(`CREATE ${what} ${identifier(read)} AS FROM ${reading(loaded.source, loaded.files)}`);
  const typed = await sourceTypes(tables, loaded, { read, decided });
  if (isText && duplicates !== 'drop' && !typed.some(isConverted)) {
    await tables.run(`ALTER TABLE ${identifier(read)} RENAME TO ${table}`);
    return;
  }
  const distinct = duplicates === 'drop' ? 'DISTINCT ' : '';
  const values = typed.map(selected(loaded)).join(', ');
  await tables.run(`CREATE ${what} ${table} AS SELECT ${distinct}${values} FROM ${identifier(read)}`);
  if (isText) await tables.run(`DROP TABLE ${identifier(read)}`);
};

/**
 * Makes the table or view of a source, after its files were checked.
 * @throws COLUMN_MISSING, SOURCE_INVALID, SOURCE_EMPTY, TYPE_MISMATCH, KEY_HAS_NULLS
 */
export const loadSource = async (tables: Tables, source: LoadedSource): Promise<void> => {
  const paths = listed(
    source.files.map((file) => file.path),
    5,
  );
  const columns = await checkFiles(tables, source);
  await readable(source, source.files, () => define(tables, source, columns));
  const [counted] = await readable(source, source.files, () =>
    tables.rows(`SELECT count(*) AS n FROM ${identifier(source.table)}`),
  );
  if (Number(counted?.n) === 0)
    throw new PlatformError('SOURCE_EMPTY', `source "${source.name}": ${paths} holds a header but no row`, {
      source: source.name,
    });
  await checkKey(tables, source);
};
