/** Bits of a word. */
export const WORD = 32;

/** How many bits of a word are set. */
export const bitCount = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Adds a number at the place of each bit that is set. */
export const addAtBits = (sums: Float64Array, word: number, number: number): void => {
  for (let left = word; left !== 0; left &= left - 1) {
    const at = WORD - 1 - Math.clz32(left & -left);
    sums[at] = (sums[at] as number) + number;
  }
};

const short = new Float32Array(1);
const bits = new Int32Array(short.buffer);

/**
 * The largest float32 below a number: "less than" it is "up to" that one.
 * @example floatBelow(1) // 0.9999999403953552
 */
export const floatBelow = (number: number): number => {
  short[0] = number === 0 ? 0 : number;
  const [word = 0] = bits;
  if (number === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (number === 0) bits[0] = 0x80000001 | 0;
  else bits[0] = number > 0 ? word - 1 : word + 1;
  return short[0] as number;
};
