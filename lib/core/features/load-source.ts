import { PlatformError } from '../shared/errors.ts';
import { fittingValue } from './column-values.ts';
import { isEngineError } from './engine-error.ts';
import { didYouMean, listed } from './nearest.ts';
import type { TableColumn, Tables } from './ports.ts';
import { raggedRow } from './ragged-csv.ts';
import type { LoadedSource, RawFile } from './raw-source.ts';
import { reading } from './readers.ts';
import { readable, unreadable } from './source-errors.ts';
import { checkKey } from './source-key.ts';
import { sourceTypes, type Typed } from './source-types.ts';
import { identifier } from './sql-text.ts';

const describeCsv = async (tables: Tables, loaded: LoadedSource, file: RawFile): Promise<readonly TableColumn[]> => {
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

const describe = (tables: Tables, loaded: LoadedSource, file: RawFile): Promise<readonly TableColumn[]> =>
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

const checkFiles = async (tables: Tables, loaded: LoadedSource): Promise<void> => {
  for (const file of loaded.files) {
    const names = (await describe(tables, loaded, file)).map((column) => column.name);
    checkWidth(loaded, file.path, names);
    checkColumns(loaded, file.path, names);
  }
};

const selected = ({ source }: LoadedSource) => {
  const formats = source.csv ?? {};
  return ({ column, type }: Typed): string => {
    const name = identifier(column.name);
    return type === undefined ? name : `${fittingValue(column, { type, formats })} AS ${name}`;
  };
};

// Parquet is read where it lies; text is parsed once, and its text dropped when the values are there.
const define = async (tables: Tables, loaded: LoadedSource): Promise<void> => {
  const isText = loaded.source.format !== 'parquet' && !loaded.source.database;
  const what = isText ? 'TABLE' : 'VIEW';
  const read = `${loaded.table} as read`;
  await tables.run(`CREATE ${what} ${identifier(read)} AS FROM ${reading(loaded.source, loaded.files)}`);
  const typed = await sourceTypes(tables, loaded, read);
  const distinct = loaded.source.duplicates === 'drop' ? 'DISTINCT ' : '';
  const columns = typed.map(selected(loaded)).join(', ');
  await tables.run(
    `CREATE ${what} ${identifier(loaded.table)} AS SELECT ${distinct}${columns} FROM ${identifier(read)}`,
  );
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
  await checkFiles(tables, source);
  await readable(source, source.files, () => define(tables, source));
  const [counted] = await readable(source, source.files, () =>
    tables.rows(`SELECT count(*) AS n FROM ${identifier(source.table)}`),
  );
  if (Number(counted?.n) === 0)
    throw new PlatformError('SOURCE_EMPTY', `source "${source.name}": ${paths} holds a header but no row`, {
      source: source.name,
    });
  await checkKey(tables, source);
};
