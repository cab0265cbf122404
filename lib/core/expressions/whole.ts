const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A whole number as a value: a bigint only where a number would not be exact. */
export const wholeValue = (value: bigint): number | bigint =>
  value >= -MOST_SAFE && value <= MOST_SAFE ? Number(value) : value;

/** @example isInteger64(2n ** 63n) // false */
export const isInteger64 = (value: bigint): boolean => value >= LEAST && value <= MOST;

/** Missing beyond 64 bits, where the engine has no answer either. */
export const integer64 = (value: bigint): number | bigint | null => (isInteger64(value) ? wholeValue(value) : null);
