import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { checkExpression } from '#core/expressions/check-expression.ts';
import { renderSql, type Value, type Values } from '#core/expressions/index.ts';
import { timestampText } from '#core/expressions/parse-timestamp.ts';
import type { Cell, Row, Tables } from '#core/features/ports.ts';
import { schema } from './arbitraries.ts';

const sqlTypes = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', string: 'VARCHAR', timestamp: 'TIMESTAMP' };

const valueSql = (type: keyof typeof sqlTypes, value: Value): string => {
  const text = type === 'timestamp' && value !== null ? timestampText(Number(value)) : String(value);
  const shown = Object.is(value, -0) ? '-0.0' : text;
  return value === null ? 'NULL' : `CAST('${shown.replaceAll("'", "''")}' AS ${sqlTypes[type]})`;
};

/** A table `rows` of the schema in an engine of its own. */
export const withRows = <T>(rows: readonly Values[], work: (tables: Tables) => Promise<T>): Promise<T> =>
  duckDbEngine().open(async (tables) => {
    const columns = Object.entries(schema);
    await tables.run(
      `CREATE TABLE rows (place BIGINT, ${columns.map(([n, type]) => `${n} ${sqlTypes[type]}`).join(', ')})`,
    );
    for (const [place, row] of rows.entries())
      await tables.run(
        `INSERT INTO rows VALUES (${place}, ${columns.map(([name, type]) => valueSql(type, row[name] ?? null)).join(', ')})`,
      );
    return work(tables);
  });

/** What the engine says of the texts, row by row. */
export const engineAnswers = (tables: Tables, texts: readonly string[]): Promise<Row[]> => {
  const columns = texts.map((text, i) => `${renderSql(checkExpression(text, schema).expression)} AS c${i}`);
  return tables.rows(`SELECT ${columns.join(', ')} FROM rows ORDER BY place`);
};

/** Our answer in the words of the engine's. */
export const ourAnswer = (text: string, row: Values): Cell => {
  const { run, type } = checkExpression(text, schema);
  const value = run(row);
  if (typeof value === 'bigint') return String(value);
  return type === 'timestamp' && value !== null ? timestampText(Number(value)) : value;
};
