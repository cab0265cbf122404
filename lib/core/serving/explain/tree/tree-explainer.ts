import type { TreeParts } from '#contracts/explanation-files.ts';
import type { EncodedRows } from '../../ports.ts';
import type { EncodedExplainer } from '../encoded-explainer.ts';
import { readForest } from './forest.ts';
import { leafGame } from './game.ts';
import { LeafSums } from './leaf-sums.ts';
import { pathsOf } from './paths.ts';
import { patternsOf } from './patterns.ts';
import { keptRoom, walker } from './walk.ts';

/**
 * Exact interventional Shapley values of trees, the positions of one raw column switched together. What of it depends on
 * the model and its background alone is worked out here, once.
 * @throws BadExplanationError when the parts are no trees
 */
export const treeExplainer = (parts: TreeParts, background: EncodedRows): EncodedExplainer => {
  const forest = readForest(parts);
  const paths = pathsOf(forest, Int32Array.from(parts.columnOf));
  const kept = keptRoom(forest, paths);
  const walk = walker(forest, paths, kept);
  const game = leafGame(paths, patternsOf(forest, paths, background));
  const sums = new LeafSums({ parts, forest, paths, game, rows: background.values.length / background.width });
  const expected = Float64Array.from(parts.expected);

  const addTree = (tree: number): void => {
    const first = forest.starts[tree] as number;
    const end = forest.starts[tree + 1] as number;
    for (let node = first; node < end; node += 1) {
      const leaf = forest.leaf[node] as number;
      if (leaf < 0) continue;
      const at = node - first;
      sums.add(leaf, kept.low[at] as number, paths.isWide ? (kept.high[at] as number) : 0);
    }
  };

  return (rows, row) => {
    const found = sums.begin();
    for (let tree = 0; tree + 1 < forest.starts.length; tree += 1) {
      walk({ rows, row, tree });
      addTree(tree);
    }
    return { expected, ...found };
  };
};
