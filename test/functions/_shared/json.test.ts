import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, toJson } from '../../../functions/_shared/json.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const int64 = fc.bigInt({ min: -MAX_INT64 - 1n, max: MAX_INT64 });
const int64AsRead = int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const { tree } = fc.letrec((again) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    int64AsRead,
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !/^-?\d{16,}$/.test(String(value))),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('NaN', '-Infinity', 'a "NaN" \\', '\\', 'say \\"Infinity'),
    fc.boolean(),
    fc.constant(null),
    fc.array(again('tree')),
    fc.dictionary(fc.string({ unit: 'binary' }), again('tree'), { noNullPrototype: true }),
  ),
}));

describe('parseJson and toJson', () => {
  it('give back what was written, 64-bit integers and every double', () => {
    fc.assert(fc.property(tree, (value) => expect(parseJson(toJson(value))).toEqual(value)));
  });

  it('keep every digit of a 64-bit integer, written as a number', () => {
    fc.assert(
      fc.property(int64, (value) => {
        expect(toJson({ value })).toBe(`{"value":${value}}`);
        expect(BigInt((parseJson(`[${value}]`) as [number | bigint])[0])).toBe(value);
      }),
    );
  });

  it('read the bare words of Python wherever a value may stand, and leave texts alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = `{"a":NaN,"b":[Infinity,-Infinity],${JSON.stringify(`k${text}`)}:${JSON.stringify(text)},"c": NaN}`;
        expect(parseJson(json)).toEqual({
          a: Number.NaN,
          b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
          [`k${text}`]: text,
          c: Number.NaN,
        });
      }),
    );
  });

  it('tell NaN from a number that looks like its stand-in', () => {
    expect(parseJson('[NaN, -0e-999, "-0e-1000"]')).toEqual([Number.NaN, -0, '-0e-1000']);
  });

  it('tell NaN from as many such numbers as a body holds', () => {
    const exponents = Array.from({ length: 110_000 }, (_, i) => i + 999);
    const read = parseJson(`[NaN,${exponents.map((exponent) => `-0e-${exponent}`).join(',')}]`) as number[];
    expect(read).toHaveLength(110_001);
    expect(read.flatMap((value, at) => (Number.isNaN(value) ? [at] : []))).toEqual([0]);
  });

  it.each(['{"a":nan}', '[NaNs]', '{NaN:1}', '[--Infinity]', '[+Infinity]', '"NaN', '[NaN', '"\\', '[NaN,"\\', ''])(
    'refuse %s',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it('take an integer longer than 64 bits as the double it is', () => {
    expect(parseJson('[100000000000000000000, -123456789012345678901234567890]')).toEqual([
      1e20, -1.2345678901234568e29,
    ]);
  });

  it('write what JSON has no number for', () => {
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
    expect(toJson(numbers)).toBe('["NaN","Infinity","-Infinity",-0.0]');
    expect(toJson(numbers, 'largest')).toBe('["NaN",1.7976931348623157e+308,-1.7976931348623157e+308,-0.0]');
  });
});
