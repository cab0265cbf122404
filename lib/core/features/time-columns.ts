import { PlatformError } from '../shared/errors.ts';
import type { TableColumn, Tables } from './ports.ts';
import { columnOf, isTextType, type Relation, typeClash } from './relation.ts';
import { identifier, literal } from './sql-text.ts';

// A time of day and behind it Z, UTC or an offset; the last figures of a bare date are no offset.
const ZONED = literal('\\d:\\d\\d(:\\d\\d([.,]\\d+)?)?\\s*([zZ]|UTC|[+-]\\d\\d(:?\\d\\d)?)$');

const withoutZone = ({ called }: Relation, column: TableColumn, value: string): PlatformError =>
  new PlatformError(
    'TIMESTAMP_WITHOUT_ZONE',
    `${called} has "${column.name}" as text, with "${value.slice(0, 100)}" among its values, which names no zone; write ` +
      '2026-01-31T12:00:00Z or an offset as +02:00, or store the column as timestamps, which are UTC',
    { column: column.name, value: value.slice(0, 100) },
  );

// A cast of text to TIMESTAMP would leave an offset out without a word: it goes by way of TIMESTAMPTZ.
const textTime = async (tables: Tables, relation: Relation, column: TableColumn): Promise<string> => {
  const text = `trim(CAST(${identifier(column.name)} AS VARCHAR))`;
  const value = `CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  const zoned = `regexp_matches(${text}, ${ZONED})`;
  const [bad] = await tables.rows(
    `SELECT ${text} AS value, TRY_CAST(${text} AS TIMESTAMPTZ) IS NOT NULL AS is_time FROM ${relation.from}
     WHERE ${text} <> '' AND NOT (${zoned} AND ${value} IS NOT NULL) LIMIT 1`,
  );
  if (bad?.is_time === true) throw withoutZone(relation, column, String(bad.value));
  if (bad) throw typeClash(relation, { column, declared: 'timestamp', value: String(bad.value) });
  return value;
};

/**
 * SQL of a moment in UTC, in microseconds: what is finer is cut off. A TIMESTAMP column is UTC already; text must name
 * its zone.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, TIMESTAMP_WITHOUT_ZONE
 */
export const timeSql = async (tables: Tables, relation: Relation, name: string): Promise<string> => {
  const column = columnOf(relation, name);
  const isTime = column.type === 'DATE' || column.type.startsWith('TIMESTAMP');
  if (isTime) return `CAST(${identifier(column.name)} AS TIMESTAMP)`;
  if (isTextType(column.type) || column.type === 'JSON') return textTime(tables, relation, column);
  throw typeClash(relation, { column, declared: 'timestamp' });
};
