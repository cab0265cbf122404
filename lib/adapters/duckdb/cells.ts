import { DuckDBDecimalValue, type DuckDBValue } from '@duckdb/node-api';
import type { Cell, Row } from '#core/features/ports.ts';

// Beyond 2^53 a number would be a different one: such values stay text.
const whole = (value: bigint): Cell => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
};

/** A value as JSON has it. */
export const toCell = (value: DuckDBValue): Cell => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return whole(value);
  if (typeof value === 'object') return value instanceof DuckDBDecimalValue ? value.toDouble() : String(value);
  return value;
};

export const toRow = (row: Readonly<Record<string, DuckDBValue>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toCell(value)]));
