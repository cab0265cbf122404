import type { Entity } from '#contracts/feature-views.ts';
import { PlatformError } from '../../shared/errors.ts';

/** A value of a column that is not of its type. `row` counts from 0. */
export const wrongType = (
  field: string,
  row: number,
  { value, allowed }: { readonly value: unknown; readonly allowed: string },
): PlatformError => {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
  return new PlatformError(
    'FIELD_TYPE_WRONG',
    `"${field}" of row ${row + 1} must be ${allowed}, got ${value === null ? '' : `${typeof value} `}${shown}`,
    { field, row: row + 1, value: shown, allowed },
  );
};

const allowedKeys: Readonly<Record<Entity['type'], string>> = {
  string: 'text that is not empty (a number counts as its text), since it is a join key',
  number: 'a whole number of 64 bits, as a number or its digits, since it is a join key of numbers',
};

const WHOLE = /^-?\d{1,20}$/;
const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

// Beyond 2^53 a double may stand for its neighbour's key: such a key is written as text.
const isExact = (value: unknown): value is number =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

const digitsOf = (value: unknown): string | undefined => {
  if (Number.isSafeInteger(value)) return String(value);
  const whole = typeof value === 'string' && WHOLE.test(value) ? BigInt(value) : value;
  return typeof whole === 'bigint' && isInt64(whole) ? String(whole) : undefined;
};

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'bigint' || isExact(value) ? String(value) : undefined;
};

/**
 * A join key as items are named by it, the same for what is pushed and what is asked for. The key of an entity of texts
 * may be a number, which counts as its text, just as it does in a path; that of an entity of numbers is whole, and may be
 * written as text, where leading zeros do not matter: offline it is a number.
 * @throws FIELD_TYPE_WRONG with the column, the row, the value and what is allowed
 * @example joinKeyText({ joinKey: 'store_id', type: 'number' }, '007', 0) // '7'
 */
export const joinKeyText = (
  { joinKey, type }: Pick<Entity, 'joinKey' | 'type'>,
  value: unknown,
  row: number,
): string => {
  const text = type === 'number' ? digitsOf(value) : textOf(value);
  if (text !== undefined) return text;
  throw wrongType(joinKey, row, { value, allowed: allowedKeys[type] });
};
