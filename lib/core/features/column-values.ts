import type { ColumnType, CsvDialect } from '#contracts/sources.ts';
import type { TableColumn } from './ports.ts';
import { identifier, literal } from './sql-text.ts';

/** A project says `timestamp`; what is found in a file names its zone everywhere or nowhere. */
export type ValueKind = ColumnType | 'plain timestamp' | 'zoned timestamp';

/** What a column of a source is read as. */
export interface ValueType {
  readonly type: ValueKind;
  readonly formats: Pick<CsvDialect, 'dateFormat' | 'timestampFormat'>;
}

/** A column's values as text. */
export const textOf = ({ name, type }: TableColumn): string =>
  type === 'JSON' ? `(${identifier(name)} ->> '$')` : `CAST(${identifier(name)} AS VARCHAR)`;

const matches = (text: string, pattern: string): string => `regexp_full_match(${text}, ${literal(pattern)})`;
const when = (condition: string, value: string): string => `CASE WHEN ${condition} THEN ${value} END`;

const WHOLE = '\\s*[+-]?[0-9]+\\s*';
const NUMBER = '\\s*[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:nan|inf|infinity))\\s*';
const DAY = '\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\s*';
const CLOCK = '[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?\\s*';
const ZONE = '(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)';
const TRUE = ['true', 't', 'yes', 'y', '1'];
const FALSE = ['false', 'f', 'no', 'n', '0'];
const oneOf = (text: string, texts: readonly string[]): string =>
  `lower(trim(${text})) IN (${texts.map(literal).join(', ')})`;

// A cast of text straight to TIMESTAMP leaves an offset out; by way of TIMESTAMPTZ it counts. Sessions are in UTC.
const utc = (text: string): string => `CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
// try_strptime gives a TIMESTAMPTZ when the format reads a zone.
const parsed = (text: string, format: string): string =>
  `CAST(try_strptime(trim(${text}), ${literal(format)}) AS TIMESTAMP)`;

const values: Readonly<Record<ValueKind, (text: string, formats: ValueType['formats']) => string>> = {
  string: (text) => text,
  // A cast of 1.5 to BIGINT rounds.
  integer: (text) => when(matches(text, WHOLE), `TRY_CAST(trim(${text}) AS BIGINT)`),
  number: (text) => when(matches(text, NUMBER), `TRY_CAST(trim(${text}) AS DOUBLE)`),
  boolean: (text) => `CASE WHEN ${oneOf(text, TRUE)} THEN true WHEN ${oneOf(text, FALSE)} THEN false END`,
  date: (text, { dateFormat }) =>
    dateFormat
      ? `CAST(${parsed(text, dateFormat)} AS DATE)`
      : when(matches(text, DAY), `TRY_CAST(trim(${text}) AS DATE)`),
  timestamp: (text, { timestampFormat }) =>
    timestampFormat
      ? parsed(text, timestampFormat)
      : when(matches(text, `${DAY}(${CLOCK}${ZONE}?)?\\s*`), utc(`trim(${text})`)),
  'plain timestamp': (text, { timestampFormat }) =>
    timestampFormat
      ? parsed(text, timestampFormat)
      : when(matches(text, `${DAY}(${CLOCK})?`), `TRY_CAST(trim(${text}) AS TIMESTAMP)`),
  'zoned timestamp': (text, { timestampFormat }) =>
    timestampFormat
      ? 'CAST(NULL AS TIMESTAMP)'
      : when(matches(text, `${DAY}${CLOCK}${ZONE}\\s*`), utc(`trim(${text})`)),
};

/** SQL of a column's values as a type: null where a value does not fit. */
export const typedValue = (column: TableColumn, { type, formats }: ValueType): string =>
  values[type](textOf(column), formats);

/** The same; a value that does not fit stops the statement. */
export const strictValue = (column: TableColumn, value: ValueType): string =>
  when(`${textOf(column)} IS NOT NULL`, `coalesce(${typedValue(column, value)}, error('a value of another type'))`);

/** The same once every value is known to fit: without looking at its form again. */
export const fittingValue = (column: TableColumn, { type, formats }: ValueType): string => {
  if (type === 'integer') return `CAST(trim(${textOf(column)}) AS BIGINT)`;
  return type === 'number' ? `CAST(trim(${textOf(column)}) AS DOUBLE)` : typedValue(column, { type, formats });
};
