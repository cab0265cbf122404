import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { checkBrought, featureRow } from '#core/serving/feature-row.ts';

const inputs: ModelInput[] = [
  { name: 'tenure', type: 'number' },
  { name: 'contract', type: 'string' },
];
const numbers = fc.oneof(
  fc.integer(),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const texts = fc.oneof(fc.string(), fc.constant(null));
const part = fc.record({ tenure: numbers, contract: texts }, { requiredKeys: [] });

describe('the row of a model', () => {
  it('takes each feature from the request, else from the store, else says which are missing', () => {
    fc.assert(
      fc.property(part, part, (fields, stored) => {
        const all: Record<string, FeatureValue> = { ...stored, ...fields };
        const missing = inputs.filter(({ name }) => !(name in all)).map(({ name }) => name);
        const join = () => featureRow(inputs, fields, stored);
        if (missing.length > 0) expect(join).toThrow(missing.join(', '));
        else expect(join().used).toEqual(all);
      }),
    );
  });

  it('tells the model of a missing number by NaN, of a missing text by ""', () => {
    expect(featureRow(inputs, { tenure: null, contract: null }, {}).row).toEqual([Number.NaN, '']);
    expect(featureRow(inputs, { tenure: true, contract: 'x' }, {}).row).toEqual([1, 'x']);
  });

  it('refuses stored nonsense by another code than the caller’s', () => {
    expect(() => featureRow(inputs, { tenure: 1 }, { contract: 5 })).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH' }),
    );
  });

  it('knows when nothing needs to be looked up', () => {
    expect(checkBrought(inputs, { tenure: 1, contract: null })).toBe(true);
    expect(checkBrought(inputs, { tenure: 1 })).toBe(false);
  });

  it('keeps what only a double holds where the model takes doubles', () => {
    const double = [{ name: 'at', type: 'number', precision: 'double' }] as const;
    expect(checkBrought(double, { at: 1e300 })).toBe(true);
    expect(featureRow(double, {}, { at: 1_767_225_601.25 }).row).toEqual([1_767_225_601.25]);
    expect(() => checkBrought(double, { at: Number.POSITIVE_INFINITY })).toThrow('at must be a finite number, true');
  });

  it('takes a field that is asked of the request from nowhere else', () => {
    const asked = [{ name: 'amount', type: 'number', source: 'request' }] as const;
    expect(() => featureRow(asked, {}, { amount: 5 })).toThrow('amount');
    expect(featureRow(asked, { amount: 7 }, { amount: 5 }).row).toEqual([7]);
  });

  it('lets no value through that float32 cannot hold', () => {
    fc.assert(
      fc.property(fc.double(), (tenure) => {
        const check = () => checkBrought(inputs, { tenure });
        if (Number.isFinite(Math.fround(tenure))) expect(check()).toBe(false);
        else expect(check).toThrow(expect.objectContaining({ code: 'FIELD_TYPE_WRONG' }));
      }),
    );
  });
});
