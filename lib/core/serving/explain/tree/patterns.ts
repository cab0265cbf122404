import type { EncodedRows } from '../../ports.ts';
import type { Forest } from './forest.ts';
import type { Paths } from './paths.ts';
import { PatternPool } from './pattern-pool.ts';
import { keptRoom, walker } from './walk.ts';

/** Different sets of columns that keep background rows from each leaf. */
export interface Patterns {
  /** Where the patterns of each leaf begin, and the end. */
  readonly starts: Int32Array;
  readonly low: Uint16Array | Int32Array;
  /** Second word; empty where no path has so many columns. */
  readonly high: Int32Array;
  /** Background rows with each. */
  readonly count: Uint8Array | Uint32Array;
}

/** One tree's sets: `nodes` words a background row, by word. */
interface Masks {
  readonly nodes: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

const putLeaf = (pool: PatternPool, { nodes, low, high }: Masks, node: number): void => {
  for (let at = node; at < low.length; at += nodes)
    pool.put(low[at] as number, high.length > 0 ? (high[at] as number) : 0);
  pool.endLeaf();
};

/** Ways of the background rows down one tree. */
const masksOf = (forest: Forest, paths: Paths, background: EncodedRows): ((tree: number) => Masks) => {
  const kept = keptRoom(forest, paths);
  const walk = walker(forest, paths, kept);
  const rows = background.values.length / background.width;
  return (tree) => {
    const nodes = (forest.starts[tree + 1] as number) - (forest.starts[tree] as number);
    const low = new Int32Array(nodes * rows);
    const high = new Int32Array(paths.isWide ? nodes * rows : 0);
    for (let row = 0; row < rows; row += 1) {
      walk({ rows: background, row, tree });
      low.set(kept.low.subarray(0, nodes), row * nodes);
      if (paths.isWide) high.set(kept.high.subarray(0, nodes), row * nodes);
    }
    return { nodes, low, high };
  };
};

export const patternsOf = (forest: Forest, paths: Paths, background: EncodedRows): Patterns => {
  const pool = new PatternPool(forest.leaves, background.values.length / background.width, paths.isWide);
  const masks = masksOf(forest, paths, background);
  for (let tree = 0; tree + 1 < forest.starts.length; tree += 1) {
    const first = forest.starts[tree] as number;
    const found = masks(tree);
    for (let node = 0; node < found.nodes; node += 1)
      if ((forest.leaf[first + node] as number) >= 0) putLeaf(pool, found, node);
  }
  return pool.packed(paths.longest);
};
