import type { TensorValue } from './tensor.ts';

/** How values of one datatype stand in JSON and in bytes. */
export interface Datatype {
  /** Bytes of a value; 0 where each says its own length. */
  readonly bytes: number;
  /** What its values are, for messages. */
  readonly says: string;
  /** Whether a JSON value is one; null, a missing value, is not its to judge. */
  takes(value: unknown): value is TensorValue;
  /** A value of little-endian bytes. */
  read(view: DataView, at: number): number | boolean;
}

const isBetween =
  (lowest: number, highest: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest;

const whole = (bits: number, isSigned: boolean, read: Datatype['read']): Datatype => {
  // Beyond 2^53 JSON numbers, and those of this runtime, are no longer the ones that were meant.
  const most = Math.min(Number.MAX_SAFE_INTEGER, 2 ** (isSigned ? bits - 1 : bits) - 1);
  const least = isSigned ? Math.max(Number.MIN_SAFE_INTEGER, -(2 ** (bits - 1))) : 0;
  return { bytes: bits / 8, says: `whole numbers from ${least} to ${most}`, takes: isBetween(least, most), read };
};

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);
const isFloat = (value: unknown): value is number =>
  Number.isFinite(Math.fround(value as number)) && isFiniteNumber(value);

const datatypes: ReadonlyMap<string, Datatype> = new Map<string, Datatype>([
  [
    'BOOL',
    {
      bytes: 1,
      says: 'true and false',
      takes: (value) => typeof value === 'boolean' || value === 0 || value === 1,
      read: (view, at) => view.getUint8(at) !== 0,
    },
  ],
  ['INT8', whole(8, true, (view, at) => view.getInt8(at))],
  ['INT16', whole(16, true, (view, at) => view.getInt16(at, true))],
  ['INT32', whole(32, true, (view, at) => view.getInt32(at, true))],
  ['INT64', whole(64, true, (view, at) => Number(view.getBigInt64(at, true)))],
  ['UINT8', whole(8, false, (view, at) => view.getUint8(at))],
  ['UINT16', whole(16, false, (view, at) => view.getUint16(at, true))],
  ['UINT32', whole(32, false, (view, at) => view.getUint32(at, true))],
  ['UINT64', whole(64, false, (view, at) => Number(view.getBigUint64(at, true)))],
  [
    'FP32',
    {
      bytes: 4,
      says: 'finite numbers within ±3.4e38',
      takes: isFloat,
      read: (view, at) => view.getFloat32(at, true),
    },
  ],
  ['FP64', { bytes: 8, says: 'finite numbers', takes: isFiniteNumber, read: (view, at) => view.getFloat64(at, true) }],
  [
    'BYTES',
    {
      bytes: 0,
      says: 'texts',
      takes: (value): value is string => typeof value === 'string',
      read: () => Number.NaN,
    },
  ],
]);

export const datatypeNames: readonly string[] = [...datatypes.keys()];

/** Undefined for one that no input can be sent as. */
export const datatypeOf = (name: unknown): Datatype | undefined =>
  typeof name === 'string' ? datatypes.get(name) : undefined;
