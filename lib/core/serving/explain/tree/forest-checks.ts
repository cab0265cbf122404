import type { TreeParts } from '#contracts/explanation-files.ts';
import { BadExplanationError } from '../read-files.ts';

export const wrong = (why: string): BadExplanationError => new BadExplanationError(`explain/parts.json ${why}`);

/** Every node, split and leaf has what it needs, and names nothing that is not there. */
export const checkCounts = (parts: TreeParts, leaves: number): void => {
  const { nodes, position, threshold, no, missing, output, columnOf, outputs } = parts;
  const splits = position.length - leaves;
  if (nodes.reduce((sum, count) => sum + count, 0) !== position.length || output.length !== nodes.length)
    throw wrong('does not say of each node to which tree it belongs');
  if (threshold.length !== splits || no.length !== splits || missing.length !== splits)
    throw wrong(`has not a threshold, a no branch and a way for missing values of each of ${splits} splits`);
  if (position.some((at) => at >= columnOf.length)) throw wrong('compares a position that the encoded row has not');
  if (output.some((at) => at >= outputs.length)) throw wrong('has a tree of an output that it does not name');
};

interface Branches {
  readonly starts: Int32Array;
  readonly position: Int32Array;
  readonly no: Int32Array;
}

/** Counts how often each node of a tree follows another. */
const countParents = ({ starts, position, no }: Branches, tree: number, parents: Int32Array): void => {
  const [start, end] = starts.subarray(tree, tree + 2) as unknown as [number, number];
  parents[start] = 1;
  for (let node = start; node < end; node += 1) {
    if ((position[node] as number) < 0) continue;
    const far = no[node] as number;
    if (far <= node + 1 || far >= end) throw wrong(`has a branch that leaves tree ${tree}`);
    parents[node + 1] = (parents[node + 1] as number) + 1;
    parents[far] = (parents[far] as number) + 1;
  }
};

/** Every node but a root follows one other, of its own tree. */
export const checkBranches = (branches: Branches): void => {
  const parents = new Int32Array(branches.position.length);
  for (let tree = 0; tree + 1 < branches.starts.length; tree += 1) countParents(branches, tree, parents);
  if (parents.some((count) => count !== 1)) throw wrong('has nodes that are in no order');
};
