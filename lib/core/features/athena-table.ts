import type { Source } from '#contracts/sources.ts';
import type { Digest } from '../shared/ports.ts';
import { athenaType, fromText } from './athena-types.ts';
import { globPattern, staticPrefix } from './glob.ts';
import type { TableColumn } from './ports.ts';
import { identifier, literal } from './sql-text.ts';

/** A source as Athena reads it. */
export interface AthenaSource {
  readonly name: string;
  readonly source: Source;
  /** s3://…/ below which the source's path lies. */
  readonly rawUri: string;
  /** Of the files themselves, in their order, with the types that the SQL shall see. */
  readonly columns: readonly TableColumn[];
  /** Columns that come from folders such as dt=2026-01-01/. */
  readonly folders: readonly string[];
}

export interface AthenaDatabase {
  readonly database: string;
  readonly project: string;
  readonly digest: Digest;
}

const hive = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Text is declared as text and cast by the SELECT: what does not fit then stops the query, instead of being no value. */
const isText = ({ format }: Source): boolean => format !== 'parquet';

const columnLine = (column: TableColumn, { source }: AthenaSource): string =>
  `  ${hive(column.name)} ${isText(source) ? 'string' : athenaType(column).stored}`;

const csvFormat = ({ csv = {} }: Source): string[] => {
  const properties = {
    separatorChar: csv.delimiter ?? ',',
    quoteChar: csv.quote ?? '"',
    escapeChar: csv.escape ?? '\\',
  };
  const lines = Object.entries(properties).map(([name, value]) => `  '${name}' = ${hiveLiteral(value)}`);
  return [
    "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
    `WITH SERDEPROPERTIES (\n${lines.join(',\n')}\n)`,
    'STORED AS TEXTFILE',
  ];
};

// Hive reads a backslash as the start of an escape.
const hiveLiteral = (value: string): string => literal(value.replaceAll('\\', '\\\\'));

const formatLines: Record<Source['format'], (source: Source) => string[]> = {
  csv: csvFormat,
  json: () => ["ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'", 'STORED AS TEXTFILE'],
  parquet: () => ['STORED AS PARQUET'],
};

const folderOf = ({ source, rawUri }: AthenaSource): string => {
  const fixed = staticPrefix(source.path ?? '');
  return `${rawUri}${fixed.slice(0, fixed.lastIndexOf('/') + 1)}`;
};

const bodyOf = (from: AthenaSource): string => {
  const { source, columns, folders } = from;
  const header = source.format === 'csv' && source.csv?.header !== false;
  return [
    `(\n${columns.map((column) => columnLine(column, from)).join(',\n')}\n)`,
    ...(folders.length === 0 ? [] : [`PARTITIONED BY (${folders.map((name) => `${hive(name)} string`).join(', ')})`]),
    ...formatLines[source.format](source),
    `LOCATION ${literal(folderOf(from))}`,
    ...(header ? ["TBLPROPERTIES ('skip.header.line.count' = '1')"] : []),
  ].join('\n');
};

/** Named by what it says, so that a source that changed gets a table of its own and a run never finds another's. */
const tableName = (from: AthenaSource, { project, digest }: AthenaDatabase): string =>
  `${project}_${from.name}_${digest.sha256(bodyOf(from)).slice(0, 12)}`.replaceAll('-', '_').toLowerCase();

/** Statements that lay a table over a source's files; a second one finds the folders that are columns. */
export const tableStatements = (from: AthenaSource, where: AthenaDatabase): string[] => {
  const table = `${hive(where.database)}.${hive(tableName(from, where))}`;
  const create = `CREATE EXTERNAL TABLE IF NOT EXISTS ${table} ${bodyOf(from)}`;
  return from.folders.length === 0 ? [create] : [create, `MSCK REPAIR TABLE ${table}`];
};

const selected = (from: AthenaSource): string[] => {
  const read = (column: TableColumn) => {
    const quoted = identifier(column.name.toLowerCase());
    const value = isText(from.source) ? fromText(column, quoted) : quoted;
    return value === identifier(column.name) ? value : `${value} AS ${identifier(column.name)}`;
  };
  return [...from.columns.map(read), ...from.folders.map((name) => identifier(name))];
};

/**
 * The source as the SQL knows it: `"usage" AS (SELECT … )`. A location is a folder, so other files that lie in it are
 * left out by their path.
 */
export const sourceExpression = (from: AthenaSource, where: AthenaDatabase): string => {
  const path = literal(`^${escaped(from.rawUri)}${globPattern(from.source.path ?? '')}$`);
  const table = `${identifier(where.database)}.${identifier(tableName(from, where))}`;
  return (
    `${identifier(from.name)} AS (\n  SELECT\n    ${selected(from).join(',\n    ')}\n` +
    `  FROM ${table}\n  WHERE regexp_like("$path", ${path})\n)`
  );
};

const escaped = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
