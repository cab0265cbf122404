import { describe, expect, it } from '@jest/globals';
import { answerText, bar, explanationText } from '../../cli/commands/predict/answer-text.ts';
import { fields } from '../../cli/commands/predict/fields.ts';

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

describe('what mlp predict prints', () => {
  const reply = {
    ...{ prediction_id: '01J', model_name: 'shop', model_version: '3', variant: 'stable' as const, features_used: {} },
  };

  it.each([
    [{ prediction: 'churns', probability: 0.87654 }, 'churns, probability 0.8765, id 01J'],
    [{ prediction: -12.5 }, '-12.5, id 01J'],
    [
      { prediction: 'b', probability: 0.5, probabilities: { a: 0.1, b: 0.5, c: 0.2, d: 0.15, e: 0.05 } },
      'b, probability 0.5000 (c 0.2000, d 0.1500, a 0.1000), id 01J',
    ],
  ])('%j', (answer, text) => {
    expect(answerText({ ...reply, ...answer })).toBe(`shop version 3 (stable): ${text}`);
  });
});

describe('what mlp predict --explain prints', () => {
  const explanation = {
    ...{ method: 'tree' as const, of: 'margin' as const, output: 'churns', expected: -1, explained: 0.5 },
    values: { age: -0.5, contract: 2 },
  };

  it('is a bar for each column, the largest first, against to the left and for to the right', () => {
    const [head, ...lines] = explanationText(explanation, { contract: 'monthly', age: 40 }).split('\n');
    expect(head).toBe('margin of "churns" 0.5, on average -1; what moved it (tree, exact):');
    expect(lines.slice(2)).toEqual([
      `contract  monthly  +2        ${' '.repeat(14)}│${'█'.repeat(14)}`,
      `age       40       -0.5      ${' '.repeat(10)}████│`,
    ]);
  });

  it('tells of what was not asked for, and how sure a sampled value is', () => {
    const sampled = {
      ...explanation,
      method: 'sampled' as const,
      others: 0.25,
      standard_errors: { contract: 0.01234 },
    };
    const text = explanationText({ ...sampled, of: 'value', output: 'value' });
    expect(text).toContain('value 0.5, on average -1; what moved it (sampled, estimated by sampling):');
    expect(text).toMatch(/contract +\+2 ±0\.01234/);
    expect(text).toMatch(/\(all others\) +\+0\.25/);
  });

  it('draws nothing where nothing moved', () => {
    expect(bar(0, 0)).toBe(`${' '.repeat(14)}│`);
  });
});
