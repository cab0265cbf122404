import { PlatformError } from '../shared/errors.ts';
import { isEngineError } from './engine-error.ts';
import { didYouMean, listed } from './nearest.ts';
import type { TableColumn, Tables } from './ports.ts';
import { raggedRow } from './ragged-csv.ts';
import type { LoadedSource, NamedSource, RawFile } from './raw-files.ts';
import { reading } from './readers.ts';
import { checkKey } from './source-key.ts';
import { identifier, literal } from './sql-text.ts';

const unreadable = ({ name, source }: NamedSource, path: string, words: string): PlatformError =>
  new PlatformError(
    'SOURCE_INVALID',
    `source "${name}": ${path} cannot be read as ${source.format}: ${words.slice(0, 1_500)}; correct the file and upload it again`,
    { source: name, path },
  );

const readable = async <T>(named: NamedSource, path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isEngineError(error)) throw unreadable(named, path, error.message);
    throw error;
  }
};

const describeCsv = async (tables: Tables, named: NamedSource, file: RawFile): Promise<readonly TableColumn[]> => {
  const seen = await tables.columnsOf(`FROM ${reading('csv', [file.local])}`).catch((error: unknown) => {
    if (isEngineError(error)) return error;
    throw error;
  });
  const suspicious = isEngineError(seen) || (seen.length === 1 && /[,;|\t]/.test(seen[0]?.name ?? ''));
  const words = suspicious ? await raggedRow(tables, file.local) : undefined;
  if (words !== undefined) throw unreadable(named, file.path, words);
  if (isEngineError(seen)) throw unreadable(named, file.path, seen.message);
  return seen;
};

const describe = (tables: Tables, named: NamedSource, file: RawFile): Promise<readonly TableColumn[]> =>
  named.source.format === 'csv'
    ? describeCsv(tables, named, file)
    : readable(named, file.path, () => tables.columnsOf(`FROM ${reading(named.source.format, [file.local])}`));

const checkColumns = (named: NamedSource, path: string, seen: readonly string[]): void => {
  const { name, source } = named;
  const there = new Set(seen.map((column) => column.toLowerCase()));
  const wanted = [...(source.columns ?? []), source.key, source.timestamp].filter((c) => c !== undefined);
  const absent = wanted.find((column) => !there.has(column.toLowerCase()));
  if (absent === undefined) return;
  throw new PlatformError(
    'COLUMN_MISSING',
    `source "${name}": ${path} has no column "${absent}"${didYouMean(absent, seen)}; it has: ${listed(seen, 50)}`,
    { source: name, path, column: absent, columns: seen },
  );
};

const columnsOfFile = async (tables: Tables, named: NamedSource, file: RawFile): Promise<string[]> => {
  const names = (await describe(tables, named, file)).map((column) => column.name);
  checkColumns(named, file.path, names);
  return names;
};

const readerOptions = (source: LoadedSource, columns: readonly (readonly string[])[]): string => {
  const everywhere = (columns[0] ?? []).filter((name) => columns.every((names) => names.includes(name)));
  const asText = everywhere.filter((name) => source.textColumns.includes(name.toLowerCase()));
  if (asText.length === 0) return '';
  return `, types = {${asText.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`;
};

// Parquet is read where it lies; text is parsed once.
const define = (tables: Tables, source: LoadedSource, options: string): Promise<void> => {
  const from = reading(
    source.source.format,
    source.files.map((file) => file.local),
    options,
  );
  const what = source.source.format === 'parquet' ? 'VIEW' : 'TABLE';
  return tables.run(`CREATE ${what} ${identifier(source.name)} AS FROM ${from}`);
};

/**
 * Makes a table or view with the source's name, after its files were checked.
 * @throws COLUMN_MISSING, SOURCE_INVALID, SOURCE_EMPTY, KEY_HAS_NULLS
 */
export const loadSource = async (tables: Tables, source: LoadedSource): Promise<void> => {
  const paths = listed(
    source.files.map((file) => file.path),
    5,
  );
  const columns: string[][] = [];
  for (const file of source.files) columns.push(await columnsOfFile(tables, source, file));
  await readable(source, paths, () => define(tables, source, readerOptions(source, columns)));
  const [counted] = await readable(source, paths, () =>
    tables.rows(`SELECT count(*) AS n FROM ${identifier(source.name)}`),
  );
  if (Number(counted?.n) === 0)
    throw new PlatformError('SOURCE_EMPTY', `source "${source.name}": ${paths} holds a header but no row`, {
      source: source.name,
    });
  await checkKey(tables, source);
};
