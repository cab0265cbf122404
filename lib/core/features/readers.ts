import { isPartitioned, partitionsOf } from './partitions.ts';
import type { FetchedFile, Source } from './raw-source.ts';
import { literal, literals } from './sql-text.ts';

interface Asked {
  readonly source: Source;
  readonly files: readonly FetchedFile[];
}

const list = (values: readonly string[]): string => literals(values);

// Folders' values are read as text, or with their types where a file's are.
const folders = ({ source, files }: Asked, isText: boolean): string => {
  const paths = files.map(({ path }) => path);
  if (!isPartitioned(source, paths)) return 'hive_partitioning = false';
  return `hive_partitioning = true${isText ? ', hive_types_autocast = false' : ''}`;
};

/** What a CSV's reader is told of how it is written. Quoting is RFC 4180's, whatever a file looks like. */
export const dialectOf = ({ csv = {} }: Source): string => {
  const quote = csv.quote ?? '"';
  const given = [
    `header = ${csv.header ?? true}`,
    `quote = ${literal(quote)}`,
    `escape = ${literal(csv.escape ?? quote)}`,
    ...(csv.delimiter === undefined ? [] : [`delim = ${literal(csv.delimiter)}`]),
    `nullstr = ${list(['', ...(csv.nullTexts ?? [])])}`,
  ];
  return given.join(', ');
};

const named = ({ csv, columns }: Source): string => (csv?.header === false ? `, names = ${list(columns ?? [])}` : '');

// skip 0: lines that do not fit must not be left out in silence. Everything is read as text: its types are found by
// looking at every value of every file, so that it does not matter how rows are spread over files.
const readers: Record<Source['format'], (asked: Asked, files: string) => string> = {
  csv: (asked, files) =>
    `read_csv(${files}, ${dialectOf(asked.source)}${named(asked.source)}, skip = 0, all_varchar = true, ` +
    `compression = 'none', union_by_name = true, ${folders(asked, true)})`,
  json: (asked, files) =>
    `read_json(${files}, sample_size = -1, maximum_sample_files = 1000000, compression = 'uncompressed', union_by_name = true, ` +
    `${folders(asked, false)})`,
  parquet: (asked, files) => `read_parquet(${files}, union_by_name = true, ${folders(asked, false)})`,
};

/** The SQL that reads some files of a source. */
export const reading = (source: Source, files: readonly FetchedFile[]): string => {
  const format = source.database ? 'parquet' : source.format;
  return readers[format]({ source, files }, list(files.map(({ local }) => local)));
};

/** Columns that files get from their folders. */
export const folderColumns = (source: Source, files: readonly FetchedFile[]): string[] => {
  const paths = files.map(({ path }) => path);
  return isPartitioned(source, paths) ? partitionsOf(paths[0] ?? '') : [];
};
