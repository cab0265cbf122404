import { addAtBits, bitCount, WORD } from './bits.ts';
import type { Paths } from './paths.ts';
import type { Patterns } from './patterns.ts';

/**
 * "This leaf is reached", as a game of the columns on its path. A background row is kept from it by columns A, the
 * explained row by columns N; where they share one, nobody gets there. Else coalitions win that hold all of A and none
 * of N: each of A is worth (|A|-1)! |N|! / (|A|+|N|)!, each of N the same with both exchanged, negative (Lundberg et al.
 * 2020, "interventional TreeSHAP").
 */
export interface LeafGame {
  /** Sums over the background rows, by rank on the path of the leaf. */
  readonly values: Float64Array;
  /** Plays for N of two words; false when every value is 0. */
  play(leaf: number, low: number, high: number): boolean;
}

/**
 * `(own - 1)! other! / (own + other)!`, at own * (most + 1) + other; 0 where own is 0.
 * @example weightsOf(2)[1 * 3 + 1] // 0.5
 */
const weightsOf = (most: number): Float64Array => {
  const weights = new Float64Array((most + 1) ** 2);
  for (let own = 1; own <= most; own += 1) {
    let weight = 1 / own;
    for (let other = 0; other <= most; other += 1) {
      if (other > 0) weight *= other / (own + other);
      weights[own * (most + 1) + other] = weight;
    }
  }
  return weights;
};

/** A game of paths that have no more columns than a word has bits: most models, and the inner loop of all. */
const narrowGame = ({ longest, starts }: Paths, patterns: Patterns): LeafGame => {
  const { low: needs, count: counts } = patterns;
  const weights = weightsOf(longest);
  const side = longest + 1;
  const values = new Float64Array(Math.max(longest, 1));
  /** Gives each of A its worth, and answers that of each of N. */
  const gain = (needed: number, count: number, banned: number): number => {
    const size = bitCount(needed);
    addAtBits(values, needed, count * (weights[size * side + banned] as number));
    return count * (weights[banned * side + size] as number);
  };
  return {
    values,
    play: (leaf, banned) => {
      const size = bitCount(banned);
      const end = patterns.starts[leaf + 1] as number;
      let [loss, matches] = [0, 0];
      values.fill(0, 0, (starts[leaf + 1] as number) - (starts[leaf] as number));
      for (let at = patterns.starts[leaf] as number; at < end; at += 1) {
        const needed = needs[at] as number;
        if ((needed & banned) !== 0) continue;
        matches += 1;
        loss += gain(needed, counts[at] as number, size);
      }
      addAtBits(values, banned, -loss);
      return matches > 0;
    },
  };
};

/** The same of longer paths. */
const wideGame = ({ longest, starts }: Paths, patterns: Patterns): LeafGame => {
  const { low: needs, high: highNeeds, count: counts } = patterns;
  const weights = weightsOf(longest);
  const side = longest + 1;
  const values = new Float64Array(2 * WORD);
  const highValues = values.subarray(WORD);
  const gain = (at: number, banned: number): number => {
    const needed = needs[at] as number;
    const highNeeded = highNeeds[at] as number;
    const size = bitCount(needed) + bitCount(highNeeded);
    const worth = (counts[at] as number) * (weights[size * side + banned] as number);
    addAtBits(values, needed, worth);
    addAtBits(highValues, highNeeded, worth);
    return (counts[at] as number) * (weights[banned * side + size] as number);
  };
  return {
    values,
    play: (leaf, low, high) => {
      const size = bitCount(low) + bitCount(high);
      const end = patterns.starts[leaf + 1] as number;
      let [loss, matches] = [0, 0];
      values.fill(0, 0, (starts[leaf + 1] as number) - (starts[leaf] as number));
      for (let at = patterns.starts[leaf] as number; at < end; at += 1) {
        if ((((needs[at] as number) & low) | ((highNeeds[at] as number) & high)) !== 0) continue;
        matches += 1;
        loss += gain(at, size);
      }
      addAtBits(values, low, -loss);
      addAtBits(highValues, high, -loss);
      return matches > 0;
    },
  };
};

export const leafGame = (paths: Paths, patterns: Patterns): LeafGame =>
  paths.isWide ? wideGame(paths, patterns) : narrowGame(paths, patterns);
