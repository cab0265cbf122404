/** Randomness of the made-up worlds: seeded, so that the same seed gives the same data. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
}

/** Small seeded generator (mulberry32) with a Box–Muller normal. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) };
};

/** One of several, each by its share. */
export const pick = <T>(random: Random, weighted: readonly (readonly [T, number])[]): T => {
  let left = random.next();
  for (const [value, share] of weighted) {
    left -= share;
    if (left < 0) return value;
  }
  return (weighted.at(-1) as readonly [T, number])[0];
};

export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
