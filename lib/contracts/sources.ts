import { z } from 'zod';
import { ColumnName } from './common.ts';

const relativePath = /^(?!\/)(?!.*\.\.)[A-Za-z0-9_.\-/*=]+$/;
/** A path, with stars a glob, inside a folder. */
export const relative = z.string().regex(relativePath, 'must be a relative path inside the project, without ..');

const timeFormat = z.string().regex(/%/, 'must be a format such as %d/%m/%Y %H:%M:%S').max(100);

/** How a CSV is written. */
export const CsvDialect = z.strictObject({
  /** @default found in the file: , ; | or a tabulator */
  delimiter: z.string().min(1).max(4).optional(),
  /** '' says that nothing is quoted. @default " */
  quote: z.string().max(1).optional(),
  /** What stands before a quote inside quotes. @default the quote itself */
  escape: z.string().max(1).optional(),
  /** False: the first line is data, and `columns` gives the names in their order. @default true */
  header: z.boolean().optional(),
  /** Texts that say "no value"; nothing at all always does. */
  nullTexts: z.array(z.string().min(1).max(100)).max(50).optional(),
  /** How days are written, as strptime has it. @default YYYY-MM-DD alone */
  dateFormat: timeFormat.optional(),
  /** How times are written; they are UTC unless the format reads a zone (%z). @default ISO 8601 alone */
  timestampFormat: timeFormat.optional(),
});
export type CsvDialect = z.infer<typeof CsvDialect>;

export const SourceEncoding = z.enum(['utf-8', 'utf-16', 'latin-1', 'windows-1252']);
export type SourceEncoding = z.infer<typeof SourceEncoding>;
export const SourceCompression = z.enum(['none', 'gzip', 'zstd']);
export type SourceCompression = z.infer<typeof SourceCompression>;
export const ColumnType = z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']);
export type ColumnType = z.infer<typeof ColumnType>;

/** A table, or a query over the tables, of a database. */
export const Database = z
  .strictObject({
    kind: z.enum(['postgres', 'mysql', 'sqlite', 'duckdb']),
    /**
     * Name of the secret with host, port, database, user and password as JSON; below the prefix mlops/sources/, which
     * is all that the platform may read.
     */
    secret: z
      .string()
      .regex(/^[A-Za-z0-9/_+=.@-]{1,200}$/, 'must be the name of a secret')
      .optional(),
    /** The database's file among the raw data: for sqlite and duckdb. */
    file: relative.optional(),
    /** Table, with its schema where it needs one: public.orders */
    table: z
      .string()
      .regex(/^[A-Za-z_]\w{0,127}(\.[A-Za-z_]\w{0,127}){0,2}$/, 'must be a table, such as public.orders')
      .optional(),
    /** One SELECT over the database's tables, with $start and $end bound. */
    query: z.string().min(1).max(20_000).optional(),
  })
  .refine((d) => (d.table === undefined) !== (d.query === undefined), 'needs either a table or a query')
  .refine(
    (d) => (d.kind === 'sqlite' || d.kind === 'duckdb' ? d.file && !d.secret : d.secret && !d.file),
    'needs a file for sqlite and duckdb, a secret for postgres and mysql',
  );
export type Database = z.infer<typeof Database>;

/** Where raw data lies, below the project's raw prefix (or the folder it was applied from), or in a database. */
export const Source = z
  .strictObject({
    /** A file, a glob such as usage/*.csv, or a folder such as usage/, which is everything below it. */
    path: relative.optional(),
    /** Instead of a path. */
    database: Database.optional(),
    /** json is JSON lines, or one array of objects. */
    format: z.enum(['csv', 'parquet', 'json']).default('csv'),
    csv: CsvDialect.optional(),
    /** Of CSV and JSON. utf-16 goes by its mark, little endian without one. @default utf-8 */
    encoding: SourceEncoding.optional(),
    /** Of CSV and JSON. @default by the ending: .gz and .zst */
    compression: SourceCompression.optional(),
    /** Folders such as dt=2026-01-01/ are columns. @default whether every path has such folders */
    partitioned: z.boolean().optional(),
    /** Types of columns; a value that does not fit stops the run. @default found by looking at every value */
    types: z.record(ColumnName, ColumnType).optional(),
    /** Rows that are the same in every column: all stay, or one. A file that is there twice always counts once. */
    duplicates: z.enum(['keep', 'drop']).default('keep'),
    /** Columns that must be there; others may be. @default what the SQL asks for */
    columns: z.array(ColumnName).optional(),
    /** Column that must be filled in every row. */
    key: ColumnName.optional(),
    /** Column with the time of the fact, used by the date range and as the event time of views. */
    timestamp: ColumnName.optional(),
    /** Column with the time at which the row became known: breaks ties, and answers "as known at". */
    created: ColumnName.optional(),
  })
  .refine((s) => (s.path === undefined) !== (s.database === undefined), 'needs either a path or a database')
  .refine((s) => s.csv === undefined || (s.format === 'csv' && s.path !== undefined), 'csv is for a path of format csv')
  .refine((s) => s.csv?.header !== false || s.columns !== undefined, 'without a header it needs columns')
  .refine(
    (s) => s.format !== 'parquet' || (s.encoding === undefined && s.compression === undefined),
    'Parquet has no encoding and no compression of its own to be told',
  );
export type Source = z.infer<typeof Source>;
