import type { EncodedRows } from '../../ports.ts';
import type { Forest } from './forest.ts';
import type { Paths } from './paths.ts';

/** Columns, as bits, that keep a row from each node of one tree: none where the row itself comes by. */
export interface Kept {
  readonly low: Int32Array;
  /** Second word; empty where no path has so many columns. */
  readonly high: Int32Array;
}

/** Which of the encoded rows goes down which tree. */
export interface Walk {
  readonly rows: EncodedRows;
  readonly row: number;
  readonly tree: number;
}

/** Room for the largest tree of a forest. */
export const keptRoom = ({ starts }: Forest, { isWide }: Paths): Kept => {
  const most = starts.reduce((size, start, tree) => Math.max(size, (starts[tree + 1] ?? start) - start), 0);
  return { low: new Int32Array(most), high: new Int32Array(isWide ? most : 0) };
};

// NaN is not up to anything.
const isYes = (value: number, threshold: number, missing: number): boolean =>
  value <= threshold || (missing === 1 && Number.isNaN(value));

/** One word of the sets: parents come before their children in preorder, so that a loop does. */
const wordWalker = (forest: Forest, bits: Int32Array, kept: Int32Array): ((walk: Walk) => void) => {
  const { starts, position, threshold, missing, no } = forest;
  return ({ rows: { values, width }, row, tree }) => {
    const first = starts[tree] as number;
    const end = starts[tree + 1] as number;
    const at = row * width;
    kept[0] = 0;
    for (let node = first; node < end; node += 1) {
      const asked = position[node] as number;
      if (asked < 0) continue;
      const value = values[at + asked] as number;
      const set = kept[node - first] as number;
      const other = set | (bits[node] as number);
      const near = node - first + 1;
      const far = (no[node] as number) - first;
      if (isYes(value, threshold[node] as number, missing[node] as number)) {
        kept[near] = set;
        kept[far] = other;
      } else {
        kept[near] = other;
        kept[far] = set;
      }
    }
  };
};

/** Ways from the root to each node of a tree at once. */
export const walker = (forest: Forest, paths: Paths, kept: Kept): ((walk: Walk) => void) => {
  const low = wordWalker(forest, paths.low, kept.low);
  if (!paths.isWide) return low;
  const high = wordWalker(forest, paths.high, kept.high);
  return (walk) => {
    low(walk);
    high(walk);
  };
};
