import type { TreeParts } from '#contracts/explanation-files.ts';
import { floatBelow } from './bits.ts';
import { checkBranches, checkCounts, wrong } from './forest-checks.ts';

/** Trees after each other, each in preorder: the yes branch of a split is the next node. */
export interface Forest {
  /** First node of each tree, and the end. */
  readonly starts: Int32Array;
  /** Encoded position of each node; -1 is a leaf. */
  readonly position: Int32Array;
  /** Of each node: its yes branch is taken by values up to this one. NaN is never reached. */
  readonly threshold: Float32Array;
  /** Of each node: whether a missing value takes the yes branch. */
  readonly missing: Uint8Array;
  /** Of each split: the node where its no branch begins; 0 at a leaf. */
  readonly no: Int32Array;
  /** Number of each leaf among all; -1 at a split. */
  readonly leaf: Int32Array;
  /** `outputs` numbers a leaf. */
  readonly values: Float64Array;
  /** Output that each leaf speaks of; -1: of all. */
  readonly output: Int32Array;
  readonly leaves: number;
}

const startsOf = ({ nodes }: TreeParts): Int32Array => {
  const starts = new Int32Array(nodes.length + 1);
  for (const [tree, count] of nodes.entries()) starts[tree + 1] = (starts[tree] as number) + count;
  return starts;
};

/** Leaves of each tree. */
const leafCounts = (position: Int32Array, starts: Int32Array): number[] =>
  Array.from(starts.subarray(1), (end, tree) =>
    position.subarray(starts[tree], end).reduce((count, at) => count + (at < 0 ? 1 : 0), 0),
  );

const outputsOf = ({ output }: TreeParts, counts: readonly number[]): Int32Array =>
  Int32Array.from(counts.flatMap((count, tree) => new Array<number>(count).fill(output[tree] as number)));

const leafValues = (parts: TreeParts, counts: readonly number[], leaves: number): Float64Array => {
  const outputs = parts.outputs.length;
  const needed = counts.reduce(
    (sum, count, tree) => sum + count * ((parts.output[tree] as number) < 0 ? outputs : 1),
    0,
  );
  if (needed !== parts.values.length) throw wrong(`has ${parts.values.length} values of leaves, ${needed} are needed`);
  const given = parts.float32.includes('values') ? Float32Array.from(parts.values) : parts.values;
  const found = new Float64Array(leaves * outputs);
  let [leaf, at] = [0, 0];
  for (const [tree, count] of counts.entries()) {
    const output = parts.output[tree] as number;
    const width = output < 0 ? outputs : 1;
    for (let each = 0; each < count * width; each += 1)
      found[(leaf + Math.floor(each / width)) * outputs + (output < 0 ? each % width : output)] = given[
        at + each
      ] as number;
    leaf += count;
    at += count * width;
  }
  return found;
};

/** @throws BadExplanationError when the parts are no trees */
export const readForest = (parts: TreeParts): Forest => {
  const starts = startsOf(parts);
  const position = Int32Array.from(parts.position);
  const counts = leafCounts(position, starts);
  const leaves = counts.reduce((sum, count) => sum + count, 0);
  checkCounts(parts, leaves);
  const limit = parts.comparison === '<' ? (value: number) => floatBelow(Math.fround(value)) : Math.fround;
  const nodes = position.length;
  const [threshold, missing] = [new Float32Array(nodes), new Uint8Array(nodes)];
  const [no, leaf] = [new Int32Array(nodes), new Int32Array(nodes).fill(-1)];
  let [split, count] = [0, 0];
  for (let node = 0; node < nodes; node += 1) {
    if ((position[node] as number) < 0) {
      leaf[node] = count;
      count += 1;
      continue;
    }
    threshold[node] = limit(parts.threshold[split] as number);
    missing[node] = parts.missing[split] === '1' ? 1 : 0;
    no[node] = node + (parts.no[split] as number);
    split += 1;
  }
  checkBranches({ starts, position, no });
  const values = leafValues(parts, counts, leaves);
  return { starts, position, threshold, missing, no, leaf, values, output: outputsOf(parts, counts), leaves };
};
