import { describe, expect, it } from '@jest/globals';
import type { LinearParts } from '#contracts/explanation-files.ts';
import { linearExplainer } from '#core/serving/explain/linear.ts';
import { encoded } from './small-trees.ts';

// Powers of two, so that nothing is rounded.
const parts: LinearParts = {
  ...{ format: 1, method: 'linear', of: 'margin', beforeCalibration: true, float32: ['coefficients'] },
  ...{ outputs: ['a', 'b'], columns: ['age', 'plan'], columnOf: [0, 1, 1], base: [1, -1], expected: [2, -1.5] },
  coefficients: [
    [0.5, 2, -4],
    [0.25, 0, -1],
  ],
};

describe('Shapley values of a linear model', () => {
  it('are coefficient times distance from the mean of the background, positions of a column added up', () => {
    const background = encoded([
      [0, 1, 0],
      [4, 0, 1],
    ]);
    const explain = linearExplainer(parts, background);
    const found = explain(
      encoded([
        [9, 9, 9],
        [6, 1, 0],
      ]),
      1,
    );
    expect(found.explained).toEqual(Float64Array.of(1 + 3 + 2, -1 + 1.5));
    // Means are 2, 1/2 and 1/2.
    expect(found.values).toEqual(Float64Array.of(0.5 * 4, 0.25 * 4, 2 * 0.5 - 4 * -0.5, -1 * -0.5));
    expect(found.expected).toEqual(Float64Array.of(2, -1.5));
  });

  it('use coefficients as the float32 that was meant by the few digits', () => {
    const short = {
      ...parts,
      coefficients: [
        [0.1, 0, 0],
        [0, 0, 0],
      ],
    };
    const background = encoded([[0, 0, 0]]);
    const rows = encoded([[1, 0, 0]]);
    expect(linearExplainer(short, background)(rows, 0).values[0]).toBe(Math.fround(0.1));
    expect(linearExplainer({ ...short, float32: [] }, background)(rows, 0).values[0]).toBe(0.1);
  });
});
