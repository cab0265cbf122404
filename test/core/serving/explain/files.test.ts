import { describe, expect, it } from '@jest/globals';
import { systemDigest } from '#adapters/system/system.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { checkExplanation, type ExplanationTexts, explainerOf, type OpenModel } from '#core/serving/index.ts';

// score = 2 * (plan is pro) + spend / 4 from an encoded row [spend, basic, pro], as trees.
const parts = {
  ...{ format: 1, method: 'tree', of: 'value', beforeCalibration: false },
  ...{ outputs: ['value'], columns: ['spend', 'plan'], columnOf: [0, 1, 1], base: [0.5], expected: [1.25] },
  ...{ float32: ['threshold', 'values'], comparison: '<=', nodes: [3, 3], position: [2, -1, -1, 0, -1, -1] },
  ...{ threshold: [0.5, 1], no: [2, 2], missing: '10', output: [0, 0], values: [0, 2, 0.25, -0.25] },
};
const background = { format: 1, rows: 2, columns: { spend: [0, 3], plan: ['basic', null] } };
const golden = {
  ...{ format: 1, method: 'tree', of: 'value', beforeCalibration: false },
  ...{ outputs: ['value'], columns: ['spend', 'plan'], expected: [0.5] },
  rows: [{ inputs: { spend: 0.5, plan: 'pro' }, explained: [2.75], values: [[0.25], [2]] }],
};
parts.expected = [0.5];

const text = JSON.stringify(background);
const factsWith = (explanation: object): ServingFacts =>
  ServingFacts.parse({
    ...{ format: 2, project: 'churn', runId: 'r', problem: 'regression', scoresOutput: 'score', entityKey: 'id' },
    inputs: [
      { name: 'spend', type: 'number' },
      { name: 'plan', type: 'string' },
    ],
    ...{ classes: [], onnxSha256: 'x', goldenRows: [], referencePredictions: [1] },
    explanation: {
      method: 'tree',
      of: 'value',
      encodedOutput: 'encoded',
      backgroundSha256: systemDigest.sha256(text),
      ...explanation,
    },
  });

/** The graph as far as explanations ask it. */
const model: OpenModel = {
  run: () => Promise.reject(new Error('not asked')),
  encode: async ({ count, columns: [spend, plan] }) => ({
    width: 3,
    values: Float32Array.from(
      Array.from({ length: count }, (_, at) => [
        Number(spend![at]),
        +(plan![at] === 'basic'),
        +(plan![at] === 'pro'),
      ]).flat(),
    ),
  }),
  close: async () => {},
};

interface Changes {
  readonly parts?: object;
  readonly background?: object;
  readonly golden?: object;
  readonly facts?: object;
  readonly texts?: Partial<ExplanationTexts>;
}
const checked = (changes: Changes = {}) => {
  const facts = factsWith(changes.facts ?? {});
  const texts = {
    parts: JSON.stringify({ ...parts, ...changes.parts }),
    background: changes.background ? JSON.stringify({ ...background, ...changes.background }) : text,
    golden: JSON.stringify({ ...golden, ...changes.golden }),
    ...changes.texts,
  };
  const check = { modelUri: 's3://b/m/', facts, texts, digest: systemDigest };
  return checkExplanation(check, () => explainerOf(model, facts, texts));
};
const sameSum = (changed: object) => ({
  background: changed,
  facts: { backgroundSha256: systemDigest.sha256(JSON.stringify({ ...background, ...changed })) },
});

describe('explanation files', () => {
  it('that fit give an explainer', async () => {
    const { names } = await checked();
    expect(names).toEqual({ method: 'tree', of: 'value', columns: ['spend', 'plan'], outputs: ['value'] });
  });

  const row = golden.rows[0]!;
  it.each<[string, Changes, string]>([
    ['parts that are no JSON', { texts: { parts: '{' } }, 'explain/parts.json is no JSON'],
    ['parts of another form', { parts: { comparison: '>' } }, 'explain/parts.json does not fit (comparison'],
    ['numbers that are none', { parts: { threshold: [0.5, null] } }, 'threshold: must be numbers'],
    ['another method than serving.json', { facts: { method: 'sampled' } }, 'serving.json says sampled of value'],
    [
      'another background',
      { background: { rows: 2, columns: { spend: [0, 4], plan: ['basic', null] } } },
      'has sha256',
    ],
    ['a background without a column', sameSum({ columns: { spend: [0, 3] } }), 'has not 2 values of plan'],
    ['no threshold for a split', { parts: { threshold: [0.5] } }, 'has not a threshold'],
    ['a branch out of its tree', { parts: { no: [3, 2] } }, 'a branch that leaves tree 0'],
    ['nodes in no order', { parts: { nodes: [6], no: [3, 2], output: [0] } }, 'nodes that are in no order'],
    ['a position that is not there', { parts: { position: [3, -1, -1, 0, -1, -1] } }, 'compares a position'],
    ['an output that is not there', { parts: { output: [0, 1] } }, 'an output that it does not name'],
    ['too few values of leaves', { parts: { values: [0, 2, 0.25] } }, 'has 3 values of leaves, 4 are needed'],
    ['another width than the graph', { parts: { columnOf: [0, 1, 1, 1] } }, 'speaks of 4 positions, the graph of 3'],
    ['a column that is not named', { parts: { columnOf: [0, 1, 2] } }, 'a column that it does not name'],
    [
      'a golden row of other values',
      { golden: { rows: [{ ...row, values: [[2], [0.25]] }] } },
      'gives 0.25 to column 0, 2 was expected',
    ],
    [
      'a golden row of another answer',
      { golden: { rows: [{ ...row, explained: [2] }] } },
      'explains 2.75, 2 was expected',
    ],
    ['golden rows of other columns', { golden: { columns: ['plan', 'spend'] } }, 'speaks of other columns'],
    ['a mean that does not add up', { parts: { expected: [0.6] } }, 'has values that do not add up'],
  ])('with %s keep a model from going live', async (_, changes, why) => {
    await expect(checked(changes)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(why),
    });
  });
});
