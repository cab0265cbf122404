import { describe, expect, it } from '@jest/globals';
import { ServingFacts } from '#contracts/serving-facts.ts';
import {
  chooseOutputs,
  modelMetadata,
  modelOutputs,
  modelTensors,
  type TensorValue,
  tensorRows,
} from '#core/serving/index.ts';

const facts = ServingFacts.parse({
  format: 2,
  project: 'fraud',
  runId: 'r',
  problem: 'multiclass-classification',
  inputs: [
    { name: 'age', type: 'number', tensor: 'numbers' },
    { name: 'spend', type: 'number', tensor: 'numbers' },
    { name: 'home', type: 'string' },
    { name: 'amount', type: 'number', source: 'request', precision: 'double' },
    { name: 'is_odd', type: 'number', declared: 'boolean' },
  ],
  scoresOutput: 'scores',
  computed: [
    { name: 'ratio', type: 'number', output: 'ratio_out' },
    { name: 'band', type: 'string', output: 'band_out' },
  ],
  entityKey: 'user_id',
  onDemand: {
    requestFields: [{ name: 'paid_at', type: 'timestamp' }],
    stored: [{ name: 'last_at', type: 'timestamp' }],
    features: [{ name: 'is_odd', type: 'boolean', sql: 'hour(paid_at) = 3' }],
  },
  classes: ['a', 'b', 'c'],
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: [],
});
const tensors = modelTensors(facts, 'session');
const tensor = (name: string, width: number, values: TensorValue[], datatype = 'FP32') => ({
  ...{ name, datatype, width, values, rows: values.length / width },
});

describe('the tensors of a model', () => {
  it('are those of its graph, what is computed is not, what that is computed from is', () => {
    const told = modelMetadata({ model: 'fraud', stickyKey: 'session', versions: [4, 5] }, facts);
    const shapes = Object.fromEntries(told.inputs.map(({ name, datatype, shape }) => [name, [datatype, shape[1]]]));
    expect(shapes).toEqual({
      numbers: ['FP32', 2],
      home: ['BYTES', 1],
      amount: ['FP64', 1],
      paid_at: ['FP64', 1],
      last_at: ['FP64', 1],
      session: ['BYTES', 1],
      user_id: ['BYTES', 1],
    });
    expect(told.versions).toEqual(['4', '5']);
    expect(told.outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['scores', -1, 3],
      ['ratio_out', -1, 1],
      ['band_out', -1, 1],
      ['label', -1],
      ['prediction_id', -1],
    ]);
  });

  it('become rows of fields: packed ones column by column, or each column by itself', () => {
    const home = tensor('home', 1, ['DE', ''], 'BYTES');
    const rows = [
      { age: 1, spend: 2, home: 'DE' },
      { age: 3, spend: null, home: null },
    ];
    expect(tensorRows([tensor('numbers', 2, [1, 2, 3, null]), home], tensors)).toEqual(rows);
    expect(tensorRows([tensor('age', 1, [1, 3]), tensor('spend', 1, [2, null]), home], tensors)).toEqual(rows);
  });

  it('take times as texts and as seconds, keys as texts and whole numbers', () => {
    const at = '2026-01-01T00:00:00Z';
    expect(tensorRows([tensor('paid_at', 1, [at], 'BYTES')], tensors)).toEqual([{ paid_at: at }]);
    expect(tensorRows([tensor('paid_at', 1, [7], 'INT64'), tensor('user_id', 1, [9], 'INT64')], tensors)).toEqual([
      { paid_at: 7, user_id: 9 },
    ]);
  });

  it('refuse a column that comes packed and by itself: which of both counts nobody could tell', () => {
    const both = [tensor('numbers', 2, [1, 2]), tensor('age', 1, [3])];
    for (const sent of [both, both.toReversed()])
      expect(() => tensorRows(sent, tensors)).toThrow('brings age, as another tensor does');
  });

  it.each<[string, ReturnType<typeof tensor>, string]>([
    ['a packed one with a column too few', tensor('numbers', 1, [1]), 'it takes [rows, 2]'],
    ['a text for packed numbers', tensor('numbers', 2, ['1', '2'], 'BYTES'), 'in its column age'],
    ['a number for a text', tensor('home', 1, [1]), 'it takes BYTES'],
    ['a fraction for a key', tensor('user_id', 1, [1]), 'BYTES or whole numbers'],
    ['a truth value for a time', tensor('paid_at', 1, [true], 'BOOL'), 'seconds since 1970'],
    ['what is computed', tensor('is_odd', 1, [1]), 'is unknown'],
    ['what is an output', tensor('scores', 1, [1]), 'is unknown'],
  ])('refuse %s', (...row) => {
    const [, sent, seen] = row;
    expect(() => tensorRows([sent], tensors)).toThrow(seen);
  });
});

describe('the outputs of a model', () => {
  const row = {
    prediction_id: 'p-1',
    prediction: 'b',
    probability: 0.5,
    probabilities: { c: 0.25, a: 0.25, b: 0.5 },
    features_used: { ratio: null, band: 'large' },
  };

  it('tell scores in the order of the classes, and what the graph computed', () => {
    const outputs = modelOutputs(facts);
    const read = (name: string) => outputs.get(name)?.read(row);
    expect(['scores', 'ratio_out', 'band_out', 'label', 'prediction_id'].map(read)).toEqual([
      [0.25, 0.5, 0.25],
      [null],
      ['large'],
      ['b'],
      ['p-1'],
    ]);
    expect(outputs.get('band_out')?.read({ ...row, features_used: {} })).toEqual(['']);
  });

  it('are told once each, as they are asked for', () => {
    const outputs = modelOutputs(facts);
    const ask = (...asked: string[]) =>
      chooseOutputs(outputs, { outputs: asked.map((name) => ({ name, isBinary: name === 'label' })), isBinary: true });
    expect(ask('label', 'scores').map(({ output, isBinary }) => [output.name, isBinary])).toEqual([
      ['label', true],
      ['scores', false],
    ]);
    expect(() => ask('scores', 'scores')).toThrow('is asked for twice');
    expect(() => ask('probabilities')).toThrow('is no output');
  });

  it('an output of the graph keeps its name where the platform has one alike', () => {
    const outputs = modelOutputs({ ...facts, scoresOutput: 'label' });
    expect([...outputs.keys()]).toEqual(['label', 'ratio_out', 'band_out', 'prediction_id']);
    expect(outputs.get('label')?.datatype).toBe('FP32');
  });

  it('a number is its score', () => {
    const outputs = modelOutputs({ ...facts, problem: 'regression', classes: [] });
    expect(outputs.get('scores')?.read({ ...row, prediction: 12.5 })).toEqual([12.5]);
    expect(outputs.get('prediction')?.read({ ...row, prediction: 12.5 })).toEqual([12.5]);
    expect(outputs.has('label')).toBe(false);
  });
});
