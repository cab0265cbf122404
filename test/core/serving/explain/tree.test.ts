import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { floatBelow } from '#core/serving/explain/tree/bits.ts';
import { treeExplainer } from '#core/serving/explain/tree/tree-explainer.ts';
import type { RowExplanation } from '#core/serving/index.ts';
import {
  answer,
  byCoalitions,
  type Drawn,
  type DrawnForest,
  encoded,
  partsOf,
  rowsOf,
  someForest,
  someRows,
} from './small-trees.ts';

/** How far mean and values are from what is explained, by output. */
const gaps = ({ expected, explained, values }: RowExplanation): number[] =>
  Array.from(explained, (one, k) => {
    const told = values.filter((_, at) => at % explained.length === k);
    return one - told.reduce((sum, value) => sum + value, expected[k]!);
  });

describe('Shapley values of trees', () => {
  it('are those of their definition, positions of one column switched together', () => {
    fc.assert(
      fc.property(someForest, someRows(5), someRows(3), (forest, background, rows) => {
        const explain = treeExplainer(partsOf(forest, background), background);
        for (const [at, row] of rowsOf(rows).entries()) {
          const found = explain(rows, at);
          const wanted = byCoalitions(forest, row, rowsOf(background)).flat();
          for (const [cell, value] of wanted.entries()) expect(found.values[cell]).toBeCloseTo(value, 10);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('add up, with the mean over the background, to what the trees say', () => {
    fc.assert(
      fc.property(someForest, someRows(40), someRows(3), (forest, background, rows) => {
        const explain = treeExplainer(partsOf(forest, background), background);
        for (const [at, row] of rowsOf(rows).entries()) {
          const found = explain(rows, at);
          const apart = [...answer(forest, row).map((value, k) => value - found.explained[k]!), ...gaps(found)];
          expect(Math.max(...apart.map(Math.abs))).toBeLessThan(1e-10);
        }
      }),
    );
  });

  it('are exact on paths of more columns than a word has bits', () => {
    // Down a long path, each split another column; explained rows differ from the background in few of them.
    const columns = 45;
    const chain = (at: number): Drawn => {
      if (at === columns) return { values: [5] };
      const leaf: Drawn = { values: [at % 7] };
      return { at, limit: 0, missing: false, yes: at % 2 ? leaf : chain(at + 1), no: at % 2 ? chain(at + 1) : leaf };
    };
    const forest: DrawnForest = {
      ...{ columnOf: Array.from({ length: columns }, (_, at) => at), outputs: 1, comparison: '<=', base: [0.5] },
      trees: [{ output: 0, root: chain(0) }],
    };
    const onPath = Array.from({ length: columns }, (_, at) => (at % 2 ? 1 : -1));
    const off = (...at: number[]) => onPath.map((value, place) => (at.includes(place) ? -value : value));
    const background = encoded([onPath, off(3, 40), off(33, 44), off(1, 31, 32)]);
    const rows = encoded([off(2, 38), off(44), off(31, 32, 33), onPath]);
    const explain = treeExplainer(partsOf(forest, background), background);
    for (const [at, row] of rowsOf(rows).entries()) {
      const wanted = byCoalitions(forest, row, rowsOf(background)).flat();
      const found = explain(rows, at);
      for (const [cell, value] of wanted.entries()) expect(found.values[cell]).toBeCloseTo(value, 10);
      expect(wanted.some((value) => value !== 0)).toBe(true);
    }
  });

  it('leave what was explained before as it was', () => {
    const forest: DrawnForest = {
      ...{ columnOf: [0], outputs: 1, comparison: '<', base: [0] },
      trees: [{ output: 0, root: { at: 0, limit: 1, missing: true, yes: { values: [1] }, no: { values: [3] } } }],
    };
    const background = encoded([[0], [2]]);
    const explain = treeExplainer(partsOf(forest, background), background);
    const rows = encoded([[1], [Number.NaN]]);
    const first = explain(rows, 0);
    explain(rows, 1);
    expect(first).toEqual({
      expected: Float64Array.of(2),
      explained: Float64Array.of(3),
      values: Float64Array.of(1),
    });
  });

  it('take the float below for "less than"', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (limit) => {
        const below = floatBelow(limit);
        expect(below < limit).toBe(true);
        // Nothing lies between: half of the way there is rounded to one of both.
        expect([below, limit + 0]).toContain(Math.fround(below / 2 + limit / 2) + 0);
      }),
    );
    expect(floatBelow(Number.NEGATIVE_INFINITY)).toBeNaN();
  });
});
