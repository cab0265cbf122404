import { PlatformError } from '../shared/errors.ts';
import type { TableColumn } from './ports.ts';

interface AthenaType {
  /** In CREATE TABLE: Hive's name. */
  readonly stored: string;
  /** In a SELECT: Trino's name. */
  readonly queried: string;
}

const same = (name: string): AthenaType => ({ stored: name, queried: name });
const types: Readonly<Record<string, AthenaType>> = {
  BOOLEAN: same('boolean'),
  TINYINT: same('tinyint'),
  SMALLINT: same('smallint'),
  INTEGER: { stored: 'int', queried: 'integer' },
  BIGINT: same('bigint'),
  // What no signed type holds: 38 digits do.
  UBIGINT: same('decimal(20,0)'),
  HUGEINT: same('decimal(38,0)'),
  UTINYINT: same('smallint'),
  USMALLINT: { stored: 'int', queried: 'integer' },
  UINTEGER: same('bigint'),
  FLOAT: { stored: 'float', queried: 'real' },
  DOUBLE: same('double'),
  VARCHAR: { stored: 'string', queried: 'varchar' },
  DATE: same('date'),
  TIMESTAMP: { stored: 'timestamp', queried: 'timestamp(3)' },
  TIMESTAMP_NS: { stored: 'timestamp', queried: 'timestamp(3)' },
  'TIMESTAMP WITH TIME ZONE': { stored: 'timestamp', queried: 'timestamp(3)' },
};

const decimal = (type: string): AthenaType | undefined => {
  const [, digits] = /^DECIMAL(\(\d+,\s*\d+\))$/.exec(type) ?? [];
  return digits === undefined ? undefined : same(`decimal${digits.replace(' ', '')}`);
};

/**
 * A column's type as Athena names it.
 * @throws TYPE_MISMATCH for lists, structs and other types that SQL over sources does not need
 * @example athenaType({ name: 'age', type: 'INTEGER' }) // { stored: 'int', queried: 'integer' }
 */
export const athenaType = ({ name, type }: TableColumn): AthenaType => {
  const known = types[type] ?? decimal(type);
  if (known) return known;
  throw new PlatformError(
    'TYPE_MISMATCH',
    `column "${name}" is of type ${type}, which is not read by Athena; say dataset.compute: fargate, or leave it out`,
    { column: name, type },
  );
};

/** A column in a SELECT by which text becomes what it says; an empty text is no value. */
export const fromText = (column: TableColumn, quoted: string): string => {
  const { queried } = athenaType(column);
  const text = `NULLIF(${quoted}, '')`;
  if (queried === 'varchar') return text;
  // ISO 8601 with a T or with a space, with a zone or without one: UTC.
  if (queried.startsWith('timestamp'))
    return `CAST(from_iso8601_timestamp(replace(${text}, ' ', 'T')) AT TIME ZONE 'UTC' AS ${queried})`;
  return `CAST(${text} AS ${queried})`;
};
