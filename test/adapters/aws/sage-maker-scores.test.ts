import { describe, expect, it } from '@jest/globals';
import { readScores } from '#adapters/aws/sage-maker-scores.ts';

type Facts = Parameters<typeof readScores>[1];
const binary: Facts = { problem: 'binary-classification', classes: ['stays', 'churns'] };
const plans: Facts = { problem: 'multiclass-classification', classes: ['a', 'b', 'c'] };
const bill: Facts = { problem: 'regression', classes: [] };

const read = (predictions: unknown, facts: Facts, rows = 1) => [
  ...readScores(JSON.stringify({ predictions }), facts, { endpoint: 'e', rows }).scores,
];

describe('the answer of an endpoint', () => {
  it.each<[string, unknown, Facts, number[]]>([
    ['a number: probability of the positive', 0.25, binary, [0.75, 0.25]],
    ['a list of it', [0.25], binary, [0.75, 0.25]],
    ['scores by class', [0.75, 0.25], binary, [0.75, 0.25]],
    ['probability', { prediction: 'stays', probability: 0.25 }, binary, [0.75, 0.25]],
    ['probabilities of two', { probabilities: { churns: 0.25, stays: 0.75 } }, binary, [0.75, 0.25]],
    ['probabilities of three', { prediction: 'b', probabilities: { a: 0, c: 0.5, b: 0.5 } }, plans, [0, 0.5, 0.5]],
    ['scores of three', [0.25, 0.25, 0.5], plans, [0.25, 0.25, 0.5]],
    ['a predicted number', 12.5, bill, [12.5]],
    ['a list of one', [12.5], bill, [12.5]],
    ['prediction', { prediction: 12.5 }, bill, [12.5]],
  ])('%s', (...row) => {
    const [, told, facts, scores] = row;
    expect(read([told, told], facts, 2)).toEqual([...scores, ...scores]);
  });

  it.each<[string, unknown, Facts]>([
    ['too few rows', [], binary],
    ['too many rows', [0.1, 0.2], binary],
    ['a label alone', ['churns'], binary],
    ['null', [null], bill],
    ['no number', [{ prediction: '12' }], bill],
    ['scores of other classes', [[0.1, 0.9]], plans],
    ['probabilities that lack a class', [{ probabilities: { a: 1 } }], plans],
    [
      'probabilities of what every object has',
      [{ probabilities: {} }],
      { ...binary, classes: ['toString', 'constructor'] },
    ],
  ])('is refused with %s', (...row) => {
    const [, predictions, facts] = row;
    expect(() => read(predictions, facts)).toThrow('endpoint e answered');
  });

  it.each(['', 'oops', '[]', '{}', '{"predictions": 7}', 'null'])('is refused when it is %s', (text) => {
    expect(() => readScores(text, binary, { endpoint: 'e', rows: 1 })).toThrow('endpoint e answered');
  });
});
