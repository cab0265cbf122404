import type { Int64 } from '#contracts/common.ts';
import type { MetricPoint } from '#contracts/tracking.ts';

// Fixed-width hex that sorts as text the way the numbers sort: room for every int64 and every double.
const INT64_OFFSET = 1n << 63n;
const SIGN = 1n << 63n;
const WIDTH = 16;
const view = new DataView(new ArrayBuffer(8));

const hex = (bits: bigint): string => BigInt.asUintN(64, bits).toString(16).padStart(WIDTH, '0');
const orderableInt = (value: Int64): string => hex(BigInt(value) + INT64_OFFSET);
const readInt = (text: string): Int64 => {
  const whole = BigInt(`0x${text}`) - INT64_OFFSET;
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : whole;
};

// MLflow's server keeps NaN as a 0 with a mark, so it sorts as one. Negative zero becomes zero, and NaN takes its place.
const NAN = hex((1n << 63n) - 1n);

const orderableDouble = (value: number): string => {
  if (Number.isNaN(value)) return NAN;
  view.setFloat64(0, value + 0);
  const bits = view.getBigUint64(0);
  return hex(bits & SIGN ? ~bits : bits | SIGN);
};

const readDouble = (text: string): number => {
  if (text === NAN) return Number.NaN;
  const code = BigInt(`0x${text}`);
  view.setBigUint64(0, code & SIGN ? code ^ SIGN : BigInt.asUintN(64, ~code));
  return view.getFloat64(0);
};

// Twelve bits, three hex digits, become two of 64 characters that sort as their values do: 48 digits make 32.
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
// A search unpacks tens of thousands, so both ways are looked up.
const PAIRS = Array.from({ length: 4_096 }, (_, bits) => `${DIGITS[bits >> 6]}${DIGITS[bits & 63]}`);
const THREES = new Map(PAIRS.map((pair, bits) => [pair, bits.toString(16).padStart(3, '0')]));

const packed = (text: string): string => {
  let pairs = '';
  for (let at = 0; at < text.length; at += 3) pairs += PAIRS[Number.parseInt(text.slice(at, at + 3), 16)];
  return pairs;
};
const unpacked = (text: string): string => {
  let digits = '';
  for (let at = 0; at < text.length; at += 2) digits += THREES.get(text.slice(at, at + 2)) ?? '000';
  return digits;
};

/** Text that sorts as (step, time, value): the greatest is a metric's latest point. 32 characters. */
export const latestOrder = (point: MetricPoint): string =>
  packed(orderableInt(point.step) + orderableInt(point.timestampMs) + orderableDouble(point.value));

/** Text that sorts as (time, step, value): the order of a metric's history. 32 characters. */
export const historyOrder = (point: MetricPoint): string =>
  packed(orderableInt(point.timestampMs) + orderableInt(point.step) + orderableDouble(point.value));

const numbersOf = (order: string): [string, string, string] => {
  const text = unpacked(order);
  return [text.slice(0, WIDTH), text.slice(WIDTH, 2 * WIDTH), text.slice(2 * WIDTH)];
};

/** The point that latestOrder wrote. @example readLatest('loss', latestOrder(point)) // point */
export const readLatest = (key: string, order: string): MetricPoint => {
  const [step, time, value] = numbersOf(order);
  return { key, step: readInt(step), timestampMs: readInt(time), value: readDouble(value) };
};

/** The point that historyOrder wrote. */
export const readHistory = (key: string, order: string): MetricPoint => {
  const [time, step, value] = numbersOf(order);
  return { key, step: readInt(step), timestampMs: readInt(time), value: readDouble(value) };
};
