import { didYouMean, identifier, isNumeric, listed, literal, type TableColumn } from '../features/tables/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { CannotJudge } from './cannot-judge.ts';

export type Kind = 'number' | 'text' | 'boolean' | 'time' | 'other';

/** A column of the table with its name quoted for SQL. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly kind: Kind;
  readonly sql: string;
}

const kindOf = (type: string): Kind => {
  if (isNumeric(type)) return 'number';
  if (type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM')) return 'text';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'time';
  return type === 'BOOLEAN' ? 'boolean' : 'other';
};

/** @throws CannotJudge when the table has no such column */
export const columnOf = (columns: readonly TableColumn[], name: string): Column => {
  const found = columns.find((column) => column.name === name);
  if (found) return { ...found, kind: kindOf(found.type), sql: identifier(found.name) };
  const names = columns.map((column) => column.name);
  throw new CannotJudge(`there is no column "${name}"${didYouMean(name, names)}; there are: ${listed(names, 50)}`);
};

/** Milliseconds since 1970 of a text like 2026-01-31 or 2026-01-31 10:00:00, UTC where it names no zone. */
export const millis = (text: string): number => {
  const iso = text.trim().replace(' ', 'T');
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes('T');
  const value = Date.parse(zoned ? iso : `${iso}Z`);
  if (Number.isFinite(value)) return value;
  throw new PlatformError('SUITE_INVALID', `"${text}" is not a time; write it like 2026-01-31 or 2026-01-31 10:00:00`);
};

/** The column as numbers: text that is none becomes null. Times are milliseconds since 1970. */
export const asNumber = ({ kind, sql }: Column): string => {
  if (kind === 'number') return sql;
  if (kind === 'time') return `epoch_ms(CAST(${sql} AS TIMESTAMP))`;
  return `TRY_CAST(${sql} AS DOUBLE)`;
};

/** A bound as the column is compared with it: a number, or text for lexical order. */
export const boundOf = (column: Column, bound: string | number): string | number => {
  if (column.kind === 'time') return millis(String(bound));
  if (typeof bound === 'number' || column.kind === 'text') return bound;
  const number = Number(bound);
  if (bound.trim() !== '' && Number.isFinite(number)) return number;
  throw new PlatformError('SUITE_INVALID', `column "${column.name}" is ${column.type}: "${bound}" is not a number`);
};

const wholeTypes = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/;
/** Does the column hold whole numbers? */
export const isWhole = ({ kind, type }: Column): boolean => kind === 'number' && wholeTypes.test(type);

// A whole column is compared with a whole number as it is: a cast of every value would cost more than the comparison.
const asWhole = (column: Column, values: readonly (string | number)[]): boolean =>
  isWhole(column) && values.every((value) => Number.isSafeInteger(value));

/** A column and a bound as SQL compares them. @example compare(age, '>=', 18) // '"age" >= 18' */
export const compareWith = (column: Column, operator: string, bound: string | number): string => {
  if (asWhole(column, [bound])) return `${column.sql} ${operator} ${bound}`;
  const side = typeof bound === 'number' ? asNumber(column) : `CAST(${column.sql} AS VARCHAR)`;
  return `${side} ${operator} ${literal(bound)}`;
};

const setValue = (column: Column, value: string | number | boolean): string | number | undefined => {
  if (column.kind === 'text' || column.kind === 'other') return String(value);
  if (column.kind === 'time') return millis(String(value));
  return typeof value === 'string' ? undefined : Number(value);
};

/** SQL that says whether the column's value is one of a set; a text never equals a number. */
export const isOneOf = (column: Column, values: readonly (string | number | boolean | null)[]): string => {
  const fitting = values.filter((v) => v !== null).flatMap((v) => setValue(column, v) ?? []);
  if (asWhole(column, fitting)) return `list_contains([${fitting.join(', ')}]::BIGINT[], ${column.sql})`;
  const list = `[${fitting.map(literal).join(', ')}]`;
  const textual = column.kind === 'text' || column.kind === 'other';
  return textual
    ? `list_contains(${list}::VARCHAR[], CAST(${column.sql} AS VARCHAR))`
    : `list_contains(${list}::DOUBLE[], CAST(${asNumber(column)} AS DOUBLE))`;
};
