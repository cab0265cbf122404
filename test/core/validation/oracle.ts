import { readFileSync } from 'node:fs';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { ExpectationResult } from '#contracts/validation.ts';
import { identifier, literal } from '#core/features/index.ts';
import { parseSuite, runSuite } from '#core/validation/index.ts';

export interface OracleCase {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly success: boolean;
  /** Absent when Great Expectations raised an exception instead. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly raised?: true;
}

interface OracleTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

interface Oracle {
  readonly tables: Readonly<Record<string, OracleTable>>;
  readonly cases: Readonly<Record<string, readonly OracleCase[]>>;
}

/** What the real Great Expectations said: test/fixtures/validation/make-oracle.py. */
export const oracle = JSON.parse(
  readFileSync(new URL('../../fixtures/validation/oracle.json', import.meta.url), 'utf8'),
) as Oracle;

const tableSql = ({ columns, rows }: OracleTable): string => {
  const casts = columns.map(({ name, type }) => `CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`);
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`);
  const none = `SELECT ${columns.map(({ name }) => `NULL AS ${identifier(name)}`).join(', ')} WHERE FALSE`;
  const from = rows.length === 0 ? `(${none})` : `(VALUES ${values.join(', ')}) AS given(${names})`;
  return `CREATE TABLE dataset AS SELECT ${casts.join(', ')} FROM ${from}`;
};

/** What this platform says of the same table and the same expectations. */
export const replay = (name: string): Promise<ExpectationResult[]> =>
  duckDbEngine().open(async (tables) => {
    const table = oracle.tables[name];
    if (!table) throw new Error(`there is no table ${name}`);
    await tables.run(tableSql(table));
    const expectations = oracle.cases[name]?.map(({ type, kwargs }) => ({ type, kwargs }));
    return runSuite(tables, parseSuite(JSON.stringify({ name, expectations }), 'oracle.json'));
  });
