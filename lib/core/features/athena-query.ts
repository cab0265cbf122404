import { positional } from './athena-parameters.ts';
import { type AthenaDatabase, type AthenaSource, sourceExpression, tableStatements } from './athena-table.ts';
import { literal } from './sql-text.ts';

export interface AthenaRequest extends AthenaDatabase {
  readonly sources: readonly AthenaSource[];
  /** The project's SQL over the sources, one SELECT, with $start and $end. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Date>>;
  /** s3://…/ with nothing below it: UNLOAD refuses a place where something lies. */
  readonly output: string;
}

export interface AthenaStatement {
  readonly queryString: string;
  /** Bound to each `?` in its order. */
  readonly parameters: readonly string[];
}

// A comment at the end, or a semicolon, would take what follows with it.
const oneSelect = (sql: string): string => sql.trim().replace(/;\s*$/, '');

const unload = ({ sources, sql, parameters, output, ...where }: AthenaRequest): AthenaStatement => {
  const { text, parameters: bound } = positional(oneSelect(sql), parameters);
  const expressions = sources.map((source) => sourceExpression(source, where)).join(',\n');
  const select = `WITH\n${expressions}\nSELECT * FROM (\n${text}\n)`;
  const options = "WITH (format = 'PARQUET', compression = 'ZSTD')";
  return { queryString: `UNLOAD (\n${select}\n)\nTO ${literal(output)}\n${options}`, parameters: bound };
};

/**
 * The same SQL for Athena: statements that lay tables over the sources, then one UNLOAD of the rows as Parquet, with the
 * parameters bound. To be run one after another.
 * @throws TYPE_MISMATCH when a column is of a type that is not read there
 */
export const athenaQuery = (request: AthenaRequest): AthenaStatement[] => {
  const { sources, ...where } = request;
  const tables = sources.flatMap((source) => tableStatements(source, where));
  return [...tables.map((queryString) => ({ queryString, parameters: [] })), unload(request)];
};

/** Why Athena cannot read a source as DuckDB does; undefined when it can. */
export const athenaRefuses = ({ source }: Pick<AthenaSource, 'source'>): string | undefined => {
  const { csv = {}, database, encoding = 'utf-8', duplicates } = source;
  if (database) return 'it is a database';
  if (encoding !== 'utf-8') return `its encoding is ${encoding}`;
  if (csv.dateFormat !== undefined || csv.timestampFormat !== undefined) return 'its times have a format of their own';
  if ((csv.nullTexts ?? []).length > 0) return 'it has texts for "no value"';
  if (duplicates === 'drop') return 'its duplicates are dropped';
  return (csv.delimiter ?? ',').length > 1 ? 'its delimiter is of several characters' : undefined;
};
