import { PlatformError } from '../shared/errors.ts';

/** A name in SQL, whatever it holds. @example identifier('a"b') // '"a""b"' */
export const identifier = (name: string): string => `"${noNul(name).replaceAll('"', '""')}"`;

const noNul = (text: string): string => {
  if (text.includes('\0')) throw new PlatformError('INVALID_REQUEST', 'text for SQL must not hold a NUL character');
  return text;
};

const numberLiteral = (value: number): string => {
  if (!Number.isFinite(value)) throw new PlatformError('INVALID_REQUEST', `${value} is not a number that SQL can hold`);
  return `CAST('${value}' AS DOUBLE)`;
};

/** A value in SQL: the only way a value gets into the text of a query. @example literal("it's") // "'it''s'" */
export const literal = (value: string | number | boolean | null): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') return numberLiteral(value);
  return `'${noNul(value).replaceAll("'", "''")}'`;
};

/** A list in SQL. @example literals(['a']) // "['a']" */
export const literals = (values: readonly (string | number | boolean | null)[]): string =>
  `[${values.map(literal).join(', ')}]`;

/** A moment in SQL, UTC, to the millisecond. @example timestampLiteral(new Date(0)) // "TIMESTAMP '1970-01-01 00:00:00.000'" */
export const timestampLiteral = (time: Date): string =>
  `TIMESTAMP ${literal(time.toISOString().replace('T', ' ').slice(0, -1))}`;
