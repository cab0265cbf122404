import { describe, expect, it } from '@jest/globals';
import { readInfer, splitBody } from '#core/serving/index.ts';
import { utf8 } from './_utf8.ts';

const options = { mostRows: 1_000, utf8 };
const input = (change: object = {}) => ({ name: 'tenure', datatype: 'FP32', shape: [2], data: [1, 2], ...change });
const binary = (size: unknown, change: object = {}) =>
  input({ data: undefined, parameters: { binary_data_size: size }, ...change });
const read = (inputs: unknown, bytes: Buffer = Buffer.alloc(0), rest: object = {}) =>
  readInfer({ json: { inputs, ...rest }, binary: bytes }, options);

const refusal = (work: () => unknown): { code: string; message: string; details: Record<string, unknown> } => {
  try {
    work();
  } catch (error) {
    return error as never;
  }
  throw new Error('nothing was refused');
};

describe('a tensor that is not what it says', () => {
  it.each<[string, unknown, string]>([
    ['no shape', input({ shape: undefined }), 'shape'],
    ['an empty shape', input({ shape: [] }), 'has the shape []'],
    ['three dimensions', input({ shape: [1, 1, 2] }), '[1, 1, 2]'],
    ['no rows', input({ shape: [0], data: [] }), '1 to 1000 rows'],
    ['a negative dimension', input({ shape: [-2] }), '[-2]'],
    ['half a row', input({ shape: [1.5] }), '[1.5]'],
    ['a dimension that is a text', input({ shape: ['2'] }), '"2"'],
    ['NaN rows', input({ shape: [Number.NaN] }), 'NaN'],
    ['rows without end', input({ shape: [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] }), '1 to 1000 rows'],
    ['width without end', input({ shape: [2, 2 ** 40] }), '1 to 1000 rows'],
    ['too many values', input({ data: [1, 2, 3] }), 'holds 3 values'],
    ['too few rows', input({ shape: [2, 1], data: [[1]] }), 'holds 1 rows'],
    ['rows of several lengths', input({ shape: [2, 2], data: [[1, 2], [3]] }), 'other lengths'],
    ['rows and values mixed', input({ data: [[1], 2] }), 'other lengths'],
    ['values deep down', input({ shape: [2, 1], data: [[[1]], [[2]]] }), 'got a list'],
    ['no list', input({ data: 7 }), 'holds 7'],
    ['no values at all', input({ data: undefined }), 'either data or'],
    ['values in two places', binary(8, { data: [1, 2] }), 'either data or'],
    ['no datatype', input({ datatype: undefined }), 'take one of BOOL'],
    ['a datatype of another world', input({ datatype: 'FP16' }), '"FP16"'],
    ['a datatype that every object has', input({ datatype: 'constructor' }), '"constructor"'],
    ['a text for a number', input({ data: [1, '2'] }), 'got "2" as value 1'],
    ['NaN', input({ data: [1, Number.NaN] }), 'got NaN'],
    ['infinity', input({ data: [Number.POSITIVE_INFINITY, 1] }), 'got Infinity'],
    ['a number beyond float32', input({ data: [1e39, 1] }), '±3.4e38'],
    ['a fraction for a whole number', input({ datatype: 'INT32', data: [1, 1.5] }), 'got 1.5'],
    ['a whole number out of range', input({ datatype: 'UINT8', data: [1, 256] }), 'from 0 to 255'],
    ['a whole number that JSON rounds', input({ datatype: 'INT64', data: [1, 2 ** 60] }), '9007199254740991'],
    ['a negative for an unsigned', input({ datatype: 'UINT16', data: [-1, 1] }), 'got -1'],
    ['a number for a text', input({ datatype: 'BYTES', data: ['a', 1] }), 'texts'],
    ['two for a truth value', input({ datatype: 'BOOL', data: [true, 2] }), 'true and false'],
    ['a negative binary length', binary(-8), '-8'],
    ['a binary length that is a text', binary('8'), '"8"'],
    ['a binary length without end', binary(2 ** 50), 'are left in the body'],
    ['a binary length of other values', binary(4), 'has 4 bytes'],
  ])('%s', (...row) => {
    const [, sent, seen] = row;
    const { code, message, details } = refusal(() => read([sent], Buffer.alloc(8)));
    expect({ code, tensor: details.tensor }).toEqual({ code: 'TENSOR_INVALID', tensor: 'tenure' });
    expect(message).toContain(seen);
  });

  it.each<[string, number[], string]>([
    ['a length that reaches beyond the end', [255, 255, 255, 255, 97, 98, 99, 100], 'cut off'],
    ['half a length', [1, 0, 0, 0, 97, 1, 0, 0], 'cut off'],
    ['fewer texts than the shape says', [4, 0, 0, 0, 97, 98, 99, 100], 'has 1 values'],
    ['bytes that are not UTF-8', [0, 0, 0, 0, 1, 0, 0, 0, 255], 'not UTF-8'],
    ['more texts than the shape says', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'in 8 of its 12 bytes'],
  ])('texts with %s', (...row) => {
    const [, bytes, seen] = row;
    const sent = binary(bytes.length, { datatype: 'BYTES' });
    const { code, message } = refusal(() => read([sent], Buffer.from(bytes)));
    expect({ code, message }).toEqual({ code: 'TENSOR_INVALID', message: expect.stringContaining(seen) });
  });

  it.each<[string, string, Buffer]>([
    ['NaN', 'FP32', Buffer.from(new Float32Array([1, Number.NaN]).buffer)],
    ['infinity', 'FP64', Buffer.from(new Float64Array([1, Number.NEGATIVE_INFINITY]).buffer)],
    ['a whole number beyond 2^53', 'UINT64', Buffer.from(new BigUint64Array([1n, 2n ** 60n]).buffer)],
  ])('bytes of %s', (...row) => {
    const [, datatype, bytes] = row;
    const { code, details } = refusal(() => read([binary(bytes.length, { datatype })], bytes));
    expect({ code, details }).toEqual({ code: 'TENSOR_INVALID', details: { tensor: 'tenure' } });
  });

  it('the same name twice, and other rows than its neighbours', () => {
    expect(refusal(() => read([input(), input()])).message).toContain('comes twice');
    const other = input({ name: 'contract', shape: [1], data: [1] });
    expect(refusal(() => read([input(), other])).message).toContain('has 1 rows, tenure has 2');
  });
});

describe('an infer request that is none', () => {
  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['without inputs', {}],
    ['with no inputs', { inputs: [] }],
    ['with inputs that are no list', { inputs: { length: 1 } }],
    ['with a text for its parameters', { inputs: [input()], parameters: 'none' }],
    ['with an id that is no text', { inputs: [input()], id: 7 }],
    ['with an id of a book', { inputs: [input()], id: 'x'.repeat(300) }],
    ['with no outputs', { inputs: [input()], outputs: [] }],
    ['with a nameless output', { inputs: [input()], outputs: [{}] }],
    ['with a negative timeout', { inputs: [input()], parameters: { timeout: -1 } }],
  ])('%s', (...row) => {
    const [, json] = row;
    expect(refusal(() => readInfer({ json, binary: Buffer.alloc(0) }, options)).code).toBe('INVALID_REQUEST');
  });

  it('inputs that are no objects, or have no name', () => {
    for (const sent of [7, null, {}, { name: '' }, { name: 'x'.repeat(300) }, { __proto__: { name: 'tenure' } }])
      expect(refusal(() => read([sent])).code).toBe('TENSOR_INVALID');
  });

  it.each(['-1', '1e3', '', ' 2', '99', '1.5', '0x2', 'NaN'])('a header length of "%s"', (length) => {
    expect(refusal(() => splitBody(Buffer.from('{}'), length)).code).toBe('INVALID_REQUEST');
  });
});

describe('what an infer request may leave out or say', () => {
  it('null is a missing value; NaN is one when the request says so', () => {
    expect(read([input({ data: [null, 2] })]).inputs[0]?.values).toEqual([null, 2]);
    const bytes = Buffer.from(new Float32Array([Number.NaN, 2]).buffer);
    const { inputs } = read([binary(8)], bytes, { parameters: { nan_is_missing: true } });
    expect(inputs[0]?.values).toEqual([null, 2]);
  });

  it('NaN is missing by the parameters of the request, not of a tensor, and the refusal says so', () => {
    const nan = { data: [1, Number.NaN] };
    const parameters = { nan_is_missing: true };
    expect(read([input(nan)], undefined, { parameters }).inputs[0]?.values).toEqual([1, null]);
    const { message } = refusal(() => read([input({ ...nan, parameters })]));
    expect(message).toContain('got NaN as value 1; send null, or put "parameters": {"nan_is_missing": true} beside');
    expect(message).toMatch(/beside "inputs", not into the tensor$/);
  });

  it('of what is no NaN, NaN is no remedy', () => {
    expect(refusal(() => read([input({ data: [1, '2'] })])).message).toMatch(/as value 1; a missing one is null$/);
  });

  it('outputs are binary as the request says, or each as it says itself', () => {
    const outputs = [{ name: 'a' }, { name: 'b', parameters: { binary_data: false } }];
    const asked = read([input()], undefined, { outputs, parameters: { binary_data_output: true, timeout: 2_500 } });
    expect(asked.outputs).toEqual([
      { name: 'a', isBinary: true },
      { name: 'b', isBinary: false },
    ]);
    expect(asked.timeoutMs).toBe(2.5);
    expect(read([input()], undefined, { parameters: { timeout: 0 } }).timeoutMs).toBeUndefined();
  });
});
