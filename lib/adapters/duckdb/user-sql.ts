import { type DuckDBConnection, DuckDBTimestampValue, StatementType } from '@duckdb/node-api';
import { isEngineError } from '#core/features/engine-error.ts';
import type { UserSql } from '#core/features/ports.ts';
import { identifier } from '#core/features/sql-text.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { speaking } from './engine-error.ts';

const placeOf = (text: string, position: number): { line: number; column: number; excerpt: string } => {
  const before = Buffer.from(text).subarray(0, position).toString();
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { line, column, excerpt: (text.split('\n')[line - 1] ?? '').slice(0, 200) };
};

const refusal = (sql: UserSql, what: string, place?: ReturnType<typeof placeOf>): PlatformError => {
  const where = place ? `${sql.file}, line ${place.line}, column ${place.column}` : sql.file;
  const shown = place ? `\n  ${place.excerpt}\n  ${' '.repeat(Math.max(0, place.column - 1))}^` : '';
  const facts = { file: sql.file, ...(place && { line: place.line, column: place.column }) };
  return new PlatformError('SQL_INVALID', `${where}: ${what}${shown}`, facts);
};

// `offset` is how many bytes stand before the user's text in what DuckDB was given.
const explained = async <T>(sql: UserSql, offset: number, work: () => Promise<T>): Promise<T> => {
  try {
    return await speaking(work);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    const place = error.position === undefined ? undefined : placeOf(sql.text, Math.max(0, error.position - offset));
    throw refusal(sql, error.message, place);
  }
};

const checkParameters = (sql: UserSql, names: readonly string[]): void => {
  const known = Object.keys(sql.parameters);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const allowed = known.length > 0 ? known.map((name) => `$${name}`).join(' and ') : 'no parameter';
  throw refusal(sql, `asks for ${unknown.map((name) => `$${name}`).join(', ')}, but ${allowed} is given here`);
};

/** Checks that the text is one SELECT that can be prepared, and answers the parameters it names. */
export const parametersOf = async (connection: DuckDBConnection, sql: UserSql): Promise<readonly string[]> => {
  // Text without any statement makes the driver fail without words.
  const bare = sql.text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|[\s;]/g, '');
  if (bare === '') throw refusal(sql, 'holds no statement; it needs one SELECT');
  const statements = await explained(sql, 0, () => connection.extractStatements(sql.text));
  if (statements.count !== 1) throw refusal(sql, `holds ${statements.count} statements; it needs one SELECT`);
  const prepared = await explained(sql, 0, () => statements.prepare(0));
  try {
    if (prepared.statementType !== StatementType.SELECT)
      throw refusal(sql, `is a statement of type ${StatementType[prepared.statementType]}; it needs one SELECT`);
    const names = Array.from({ length: prepared.parameterCount }, (_, i) => prepared.parameterName(i + 1));
    checkParameters(sql, names);
    return names;
  } finally {
    prepared.destroySync();
  }
};

const timestamp = (time: Date): DuckDBTimestampValue => new DuckDBTimestampValue(BigInt(time.getTime()) * 1_000n);

/** Makes a table, named in SQL, of the rows that the SELECT gives, with its parameters bound as UTC timestamps. */
export const createTableAs = async (connection: DuckDBConnection, table: string, sql: UserSql): Promise<void> => {
  const names = await parametersOf(connection, sql);
  const prefix = `CREATE OR REPLACE TABLE ${table} AS\n`;
  await explained(sql, Buffer.byteLength(prefix), async () => {
    const prepared = await connection.prepare(`${prefix}${sql.text}`);
    try {
      for (const parameter of names)
        prepared.bindTimestamp(prepared.parameterIndex(parameter), timestamp(sql.parameters[parameter] ?? new Date(0)));
      await prepared.run();
    } finally {
      prepared.destroySync();
    }
  });
};

/** The same in the session's own database. @example await createTable(connection, 'ingested dataset', sql) */
export const createTable = (connection: DuckDBConnection, name: string, sql: UserSql): Promise<void> =>
  createTableAs(connection, identifier(name), sql);
