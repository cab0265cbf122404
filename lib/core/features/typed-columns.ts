import type { Entity, Feature, FeatureType } from '#contracts/feature-views.ts';
import { isNumeric } from './column-types.ts';
import type { TableColumn, Tables } from './ports.ts';
import { columnOf, isTextType, type Relation, typeClash } from './relation.ts';
import { identifier } from './sql-text.ts';
import { timeSql } from './time-columns.ts';

/** The engine's type of every feature type. */
export const sqlTypes: Readonly<Record<FeatureType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP',
};

const isWholeType = (type: string): boolean => /INT(EGER)?$/.test(type);
const isTime = (type: string): boolean => type === 'DATE' || type.startsWith('TIMESTAMP');
// What the reader calls a column of nothing but missing values, and what no type stands behind.
const isUntyped = (type: string): boolean => type === 'JSON' || type === '"NULL"' || isTextType(type);

const fits: Readonly<Record<FeatureType, (type: string) => boolean>> = {
  number: (type) => isNumeric(type) || type === 'BOOLEAN',
  integer: (type) => isWholeType(type) || type === 'BOOLEAN',
  boolean: (type) => type === 'BOOLEAN' || isWholeType(type),
  string: isTextType,
  timestamp: isTime,
};

// A division by zero gives an infinity, which neither JSON nor DynamoDB nor a model can hold: it counts as missing.
export const finite = (value: string): string => `CASE WHEN isfinite(${value}) THEN ${value} END`;

const parsedText = async (
  tables: Tables,
  relation: Relation,
  { column, declared }: { column: TableColumn; declared: FeatureType },
): Promise<string> => {
  const text = `CAST(${identifier(column.name)} AS VARCHAR)`;
  const value = `TRY_CAST(${text} AS ${sqlTypes[declared]})`;
  const [bad] = await tables.rows(
    `SELECT ${text} AS value FROM ${relation.from} WHERE ${text} IS NOT NULL AND ${value} IS NULL LIMIT 1`,
  );
  if (bad) throw typeClash(relation, { column, declared, value: String(bad.value) });
  return value;
};

/**
 * SQL of a feature's value in its declared type: infinities and NaN count as missing.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, TIMESTAMP_WITHOUT_ZONE
 */
export const featureSql = async (
  tables: Tables,
  relation: Relation,
  { name, type }: Pick<Feature, 'name' | 'type'>,
): Promise<string> => {
  const column = columnOf(relation, name);
  const clash = typeClash(relation, { column, declared: type });
  if (fits[type](column.type)) {
    const value = `CAST(${identifier(column.name)} AS ${sqlTypes[type]})`;
    return type === 'number' ? finite(value) : value;
  }
  if (!(relation.isText && isUntyped(column.type))) throw clash;
  if (type === 'timestamp') return timeSql(tables, relation, name);
  const value = await parsedText(tables, relation, { column, declared: type });
  return type === 'number' ? finite(value) : value;
};

/** SQL of an entity's key: text, or a number as it is. @throws COLUMN_MISSING, TYPE_MISMATCH */
export const keySql = (relation: Relation, { joinKey, type }: Pick<Entity, 'joinKey' | 'type'>): string => {
  const column = columnOf(relation, joinKey);
  const name = identifier(column.name);
  if (type === 'string') return `CAST(${name} AS VARCHAR)`;
  if (!isNumeric(column.type)) throw typeClash(relation, { column, declared: 'number' });
  return `CAST(${name} AS ${isWholeType(column.type) && column.type !== 'HUGEINT' ? 'BIGINT' : 'DOUBLE'})`;
};
