import { BadExplanationError } from '../read-files.ts';
import { WORD } from './bits.ts';
import type { Forest } from './forest.ts';

/** Columns on one path: they are bits of two words. */
const MOST_COLUMNS_A_PATH = 64;

/**
 * Columns on the way to each leaf. A column's rank is how many others come before it on the way from the root: nodes of
 * one path agree on it, so a set of its columns is bits, and the bits at a leaf are those of every node above.
 */
export interface Paths {
  /** Bit of each split's column: in the first word, or in the second, where some path has more than 32 columns. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly isWide: boolean;
  /** Where the columns of each leaf begin, and the end. */
  readonly starts: Int32Array;
  /** Raw column of each rank, leaf after leaf. */
  readonly columns: Int32Array;
  /** Most columns on a path. */
  readonly longest: number;
}

interface Above {
  readonly parent: Int32Array;
  /** Rank of each split's column. */
  readonly rank: Int32Array;
  /** Different columns above each node. */
  readonly distinct: Int32Array;
}

const parentsOf = ({ position, no }: Forest): Int32Array => {
  const parent = new Int32Array(position.length).fill(-1);
  for (let node = 0; node < position.length; node += 1) {
    if ((position[node] as number) < 0) continue;
    parent[node + 1] = node;
    parent[no[node] as number] = node;
  }
  return parent;
};

const ranksOf = ({ position }: Forest, columnOf: Int32Array, parent: Int32Array): Above => {
  const [rank, distinct] = [new Int32Array(position.length), new Int32Array(position.length)];
  const columnAt = (node: number): number => columnOf[position[node] as number] as number;
  for (let node = 0; node < position.length; node += 1) {
    const above = parent[node] as number;
    if (above >= 0) distinct[node] = Math.max(distinct[above] as number, (rank[above] as number) + 1);
    if ((position[node] as number) < 0) continue;
    let same = above;
    while (same >= 0 && columnAt(same) !== columnAt(node)) same = parent[same] as number;
    rank[node] = (same < 0 ? distinct[node] : rank[same]) as number;
  }
  return { parent, rank, distinct };
};

const columnsOfLeaves = (forest: Forest, columnOf: Int32Array, above: Above): Pick<Paths, 'starts' | 'columns'> => {
  const starts = new Int32Array(forest.leaves + 1);
  for (const [node, leaf] of forest.leaf.entries()) if (leaf >= 0) starts[leaf + 1] = above.distinct[node] as number;
  for (let leaf = 0; leaf < forest.leaves; leaf += 1)
    starts[leaf + 1] = (starts[leaf + 1] as number) + (starts[leaf] as number);
  const columns = new Int32Array(starts[forest.leaves] as number);
  for (const [node, leaf] of forest.leaf.entries()) {
    if (leaf < 0) continue;
    for (let at = above.parent[node] as number; at >= 0; at = above.parent[at] as number)
      columns[(starts[leaf] as number) + (above.rank[at] as number)] = columnOf[
        forest.position[at] as number
      ] as number;
  }
  return { starts, columns };
};

const bitsOf = (forest: Forest, rank: Int32Array, word: number): Int32Array =>
  rank.map((at, node) =>
    (forest.position[node] as number) >= 0 && Math.floor(at / WORD) === word ? 1 << (at % WORD) : 0,
  );

/** @throws BadExplanationError when more than 64 different columns lie on one path */
export const pathsOf = (forest: Forest, columnOf: Int32Array): Paths => {
  const above = ranksOf(forest, columnOf, parentsOf(forest));
  const longest = above.distinct.reduce((most, one) => Math.max(most, one), 0);
  if (longest > MOST_COLUMNS_A_PATH)
    throw new BadExplanationError(
      `explain/parts.json has ${longest} columns on one path, at most ${MOST_COLUMNS_A_PATH}`,
    );
  const isWide = longest > WORD;
  return {
    ...columnsOfLeaves(forest, columnOf, above),
    low: bitsOf(forest, above.rank, 0),
    high: isWide ? bitsOf(forest, above.rank, 1) : new Int32Array(0),
    isWide,
    longest,
  };
};
