import { describe, expect, it } from '@jest/globals';
import { checkFiles, checkGoldenRows } from '#core/serving/check-model.ts';
import type { GraphAnswers } from '#core/serving/index.ts';

const factsOf = (change: object) =>
  JSON.stringify({
    ...{ format: 2, project: 'shop', runId: 'r', problem: 'regression', scoresOutput: 'p', entityKey: 'id' },
    inputs: [{ name: 'age', type: 'number' }],
    ...{ classes: [], onnxSha256: 'x', referencePredictions: [] },
    goldenRows: [{ inputs: { age: 1 }, scores: [200_000] }],
    ...change,
  });
const read = (change: object) =>
  checkFiles('s3://m', { graph: new Uint8Array(), facts: factsOf(change) }, { sha256: () => 'x' });

const check = (change: object, scores: readonly number[], width: number) => {
  const found: GraphAnswers = { scores: Float32Array.from(scores), width, computed: [] };
  return checkGoldenRows('s3://m', read(change), { run: async () => found });
};
const several = { problem: 'multiclass-classification', classes: ['a', 'b', 'c'] };
const golden = { ...several, goldenRows: [{ inputs: { age: null }, scores: [0.25, 0.5, 0.25] }] };

describe('the golden rows of a model', () => {
  it('of a number are held to 1e-5 of it, and below 1 to 1e-5', async () => {
    await expect(check({}, [200_001.9], 1)).resolves.toBeUndefined();
    await expect(check({}, [200_002.2], 1)).rejects.toThrow('200000 was expected');
    const small = { goldenRows: [{ inputs: { age: 1 }, scores: [0.001] }] };
    await expect(check(small, [0.001005], 1)).resolves.toBeUndefined();
    await expect(check(small, [0.00102], 1)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
  });

  it('of several classes are held to every score', async () => {
    await expect(check(golden, [0.25, 0.5, 0.25], 3)).resolves.toBeUndefined();
    await expect(check(golden, [0.25, 0.5, 0.25002], 3)).rejects.toThrow('golden row 0 gives 0.2500');
    await expect(check(golden, [0.25, 0.5, Number.NaN], 3)).rejects.toThrow('golden row 0 gives NaN');
  });

  it('are refused where a row has more or fewer scores than the problem', async () => {
    await expect(check(golden, [0.25, 0.75], 2)).rejects.toThrow('2 scores where 3 are expected');
    const short = { ...golden, goldenRows: [{ inputs: { age: 1 }, scores: [1] }] };
    await expect(check(short, [0.25, 0.5, 0.25], 3)).rejects.toThrow('1 scores where 3 are expected');
  });
});

describe('the classes of a model', () => {
  it.each([
    [{ problem: 'binary-classification', classes: ['a', 'b', 'c'] }, 'two classes, serving.json names a, b, c'],
    [{ problem: 'binary-classification', classes: ['a', 'a'] }, 'two classes'],
    [{ problem: 'multiclass-classification', classes: ['a'] }, 'several classes'],
    [{ classes: ['a', 'b'] }, 'regression has no classes'],
  ])('must fit its problem: %j', (change, message) => {
    expect(() => read(change)).toThrow(message);
  });
});
