import { describe, expect, it } from '@jest/globals';
import { Explanation } from '#contracts/explanations.ts';
import { type ExplanationNames, explanationOf, type RowExplanation } from '#core/serving/index.ts';

const names: ExplanationNames = {
  ...{ method: 'sampled', of: 'probability' },
  ...{ columns: ['age', 'plan', 'city'], outputs: ['basic', 'pro'] },
};
const row: RowExplanation = {
  expected: Float64Array.of(0.5, 0.25),
  explained: Float64Array.of(0.25, 0.5),
  values: Float64Array.of(-0.5, 0.125, 0.125, -0.375, 0.125, 0.5),
  errors: Float64Array.of(0.01, 0.02, 0.03, 0.04, 0.05, 0.06),
};

describe('an explanation as it is told', () => {
  it('speaks of the output that is asked for', () => {
    const told = explanationOf(names, row, { output: 'basic' });
    expect(told).toEqual({
      ...{ method: 'sampled', of: 'probability', output: 'basic', expected: 0.5, explained: 0.25 },
      values: { age: -0.5, plan: 0.125, city: 0.125 },
      standard_errors: { age: 0.01, plan: 0.03, city: 0.05 },
    });
    expect(Explanation.parse(told)).toEqual(told);
  });

  it('tells the largest and the sum of the others, so that all still adds up', () => {
    const { values, others, standard_errors, expected, explained } = explanationOf(names, row, {
      output: 'pro',
      top: 1,
    });
    expect(values).toEqual({ city: 0.5 });
    expect(standard_errors).toEqual({ city: 0.06 });
    expect(expected + 0.5 + others!).toBe(explained);
    expect(Object.keys(explanationOf(names, row, { output: 'pro', top: 2 }).values)).toEqual(['city', 'plan']);
    expect(explanationOf(names, row, { top: 9 })).toEqual(explanationOf(names, row, { output: 'pro' }));
  });

  it('is refused for an output that the model has not', () => {
    expect(() => explanationOf(names, row, { output: 'gold' })).toThrow('no explanation of gold');
  });
});
