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

  it('keeps leading zeros and every digit', () => {
    const texts = { id: '007', big: '12345678901234567890', exponent: '1e3', plus: '+1', point: '1.0', hex: '0x10' };
    expect(fields(Object.entries(texts).map(([name, text]) => `${name}=${text}`))).toEqual(texts);
    expect(fields(['a=0', 'b=-1.5'])).toEqual({ a: 0, b: -1.5 });
  });

  it('takes what stands after := as JSON', () => {
    expect(fields(['id:="42"', 'n:=1e3', 'gone:=null', 'text=a:=b'])).toEqual({
      id: '42',
      n: 1000,
      gone: null,
      text: 'a:=b',
    });
    expect(() => fields(['id:=oops'])).toThrow('JSON');
    expect(() => fields(['id:=[1]'])).toThrow('JSON');
  });

  it('refuses a field without a name', () => {
    expect(() => fields(['=3'])).toThrow('name=value');
    expect(() => fields(['lonely'])).toThrow('lonely');
  });
});
