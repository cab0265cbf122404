import type { MetricPoint } from '#contracts/tracking.ts';

// Fixed-width hex that sorts as text the way the numbers sort: room for every int64 and every double.
const INT64_OFFSET = 1n << 63n;
const SIGN = 1n << 63n;
const WIDTH = 16;
const view = new DataView(new ArrayBuffer(8));

const hex = (bits: bigint): string => BigInt.asUintN(64, bits).toString(16).padStart(WIDTH, '0');
const orderableInt = (value: number): string => hex(BigInt(value) + INT64_OFFSET);
const readInt = (text: string): number => Number(BigInt(`0x${text}`) - INT64_OFFSET);

const orderableDouble = (value: number): string => {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  return hex(bits & SIGN ? ~bits : bits | SIGN);
};

const readDouble = (text: string): number => {
  const code = BigInt(`0x${text}`);
  view.setBigUint64(0, code & SIGN ? code ^ SIGN : BigInt.asUintN(64, ~code));
  return view.getFloat64(0);
};

/** Text that sorts as (step, time, value): the greatest is a metric's latest point. 48 hex digits. */
export const latestOrder = (point: MetricPoint): string =>
  orderableInt(point.step) + orderableInt(point.timestampMs) + orderableDouble(point.value);

/** Text that sorts as (time, step, value): the order of a metric's history. */
export const historyOrder = (point: MetricPoint): string =>
  orderableInt(point.timestampMs) + orderableInt(point.step) + orderableDouble(point.value);

/** The point that latestOrder wrote. @example readPoint('loss', latestOrder(point)) // point */
export const readPoint = (key: string, order: string): MetricPoint => ({
  key,
  step: readInt(order.slice(0, WIDTH)),
  timestampMs: readInt(order.slice(WIDTH, 2 * WIDTH)),
  value: readDouble(order.slice(2 * WIDTH)),
});
