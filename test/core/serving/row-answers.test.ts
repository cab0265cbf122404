import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { answerReader, shortened } from '#core/serving/row-answers.ts';

const factsOf = (change: object): ServingFacts =>
  ServingFacts.parse({
    format: 2,
    project: 'shop',
    runId: 'r',
    problem: 'binary-classification',
    inputs: [{ name: 'age', type: 'number' }],
    scoresOutput: 'p',
    entityKey: 'id',
    classes: ['no', 'yes'],
    threshold: 0.7,
    onnxSha256: 'x',
    goldenRows: [],
    referencePredictions: [],
    ...change,
  });

const read = (change: object, scores: readonly number[], width: number) =>
  answerReader(factsOf(change))({ scores: Float32Array.from(scores), width, computed: [] });

describe('what a graph answers', () => {
  it('of two classes is the positive from the threshold on, 0.5 where there is none', () => {
    const scores = [0.25, 0.75, 0.5, 0.5];
    expect(read({}, scores, 2)).toEqual([
      { prediction: 'yes', probability: 0.75 },
      { prediction: 'no', probability: 0.5 },
    ]);
    expect(read({ threshold: undefined }, scores, 2)[1]).toMatchObject({ prediction: 'yes' });
  });

  it('of several is the likeliest, with the probability of each; the first of equals', () => {
    const several = { problem: 'multiclass-classification', classes: ['a', 'b', 'c'] };
    expect(read(several, [0.25, 0.5, 0.25, 0.375, 0.25, 0.375], 3)).toEqual([
      { prediction: 'b', probability: 0.5, probabilities: { a: 0.25, b: 0.5, c: 0.25 } },
      { prediction: 'a', probability: 0.375, probabilities: { a: 0.375, b: 0.25, c: 0.375 } },
    ]);
  });

  it('of a number is the number, without a probability', () => {
    expect(read({ problem: 'regression', classes: [] }, [-12.5, 1e30], 1)).toEqual([
      { prediction: -12.5 },
      { prediction: Math.fround(1e30) },
    ]);
  });

  it('forgives the last digit of a float and nothing more', () => {
    const above = 1 + 2 ** -23;
    expect(read({}, [-(2 ** -24), above], 2)).toEqual([{ prediction: 'yes', probability: 1 }]);
    expect(read({}, [0, 1.00001], 2)).toEqual([{ nonsense: '1.0000100135803223, not a probability from 0 to 1' }]);
  });

  it.each([
    ['two classes', {}, [0.5, Number.NaN], 2],
    ['two classes', {}, [1.5, -0.5], 2],
    ['several', { problem: 'multiclass-classification', classes: ['a', 'b', 'c'] }, [0.9, 0.1, Number.NaN], 3],
    ['a number', { problem: 'regression', classes: [] }, [Number.POSITIVE_INFINITY], 1],
  ])('of %s is named nonsense where it cannot be: %j', (_, change, scores, width) => {
    expect(read(change, scores, width)).toEqual([{ nonsense: expect.stringMatching(/not a (probability|finite)/) }]);
  });

  it('spoils no other row of its run', () => {
    const [bad, good] = read({}, [Number.NaN, Number.NaN, 0.25, 0.75], 2);
    expect(bad).toHaveProperty('nonsense');
    expect(good).toEqual({ prediction: 'yes', probability: 0.75 });
  });

  it('tells a float by the few digits that stand for it, where there are such', () => {
    expect([1.2, -0.001234, 16_777_216].map((value) => shortened(Math.fround(value)))).toEqual([
      1.2, -0.001234, 16_777_216,
    ]);
    expect(shortened(Math.fround(1 / 3))).toBe(Math.fround(1 / 3));
    fc.assert(fc.property(fc.float({ noNaN: true }), (float) => Math.fround(shortened(float)) === float));
  });

  it('holds the features that were computed, missing ones as null and truth values as such', () => {
    const computed = [
      { name: 'ratio', type: 'number', output: 'a' },
      { name: 'is_high', type: 'number', declared: 'boolean', output: 'b' },
      { name: 'band', type: 'string', output: 'c' },
    ];
    const columns = [Float32Array.of(0.1, Number.NaN), Float32Array.of(1, Number.NaN), ['low', '']];
    const scores = Float32Array.of(0.5, 0.5, 0.5, 0.5);
    const [first, second] = answerReader(factsOf({ computed }))({ scores, width: 2, computed: columns });
    expect(first).toMatchObject({ features_used: { ratio: 0.1, is_high: true, band: 'low' } });
    expect(second).toMatchObject({ features_used: { ratio: null, is_high: null, band: null } });
  });
});
