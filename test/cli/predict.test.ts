import { describe, expect, it } from '@jest/globals';
import { fields } from '../../cli/commands/predict.ts';

describe('fields of mlp predict', () => {
  it('reads numbers, texts, truth values and null', () => {
    expect(fields(['customer_id=C000001', 'age=40.5', 'active=true', 'gender=null', 'note=a=b'])).toEqual({
      customer_id: 'C000001',
      age: 40.5,
      active: true,
      gender: null,
      note: 'a=b',
    });
  });

  it('keeps what only looks like a number', () => {
    expect(fields(['a=', 'b=1e999', 'c=Infinity'])).toEqual({ a: '', b: '1e999', c: 'Infinity' });
  });

  it('refuses a field without a name', () => {
    expect(() => fields(['=3'])).toThrow('name=value');
    expect(() => fields(['lonely'])).toThrow('lonely');
  });
});
