import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyText, featuresIn, rowTexts } from '#core/serving/index.ts';

const tricky = fc.constantFrom(
  '"',
  '\\',
  '{',
  '}',
  ',',
  ':',
  '\n',
  'customer_id',
  '"customer_id":1,',
  'a',
  'é',
  '\u2028',
);
const text = fc.oneof(
  fc.string(),
  fc.array(tricky).map((parts) => parts.join('')),
);
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  text,
  fc.constantFrom(null, true, false),
);
const features = fc.record({ a: value, b: value, c: value });
const entity = fc.oneof(text, fc.integer());
const names = ['a', 'b', 'c', 'customer_id'];
const order = fc.shuffledSubarray(names, { minLength: 4 });
const row = fc
  .tuple(features, entity, order)
  .map(([all, id, inOrder]) => Object.fromEntries(inOrder.map((name) => [name, { ...all, customer_id: id }[name]])));
const spaces = fc.constantFrom(undefined, 1, '\t');
const cut = featuresIn('customer_id', 3);

const without = ({ customer_id: _, ...rest }: Record<string, unknown>) => rest;

describe('features in the text of a row', () => {
  it('are those of the row, or are not found', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), spaces, (rows, space) => {
        const json = JSON.stringify({ rows }, null, space);
        const parsed = JSON.parse(json).rows;
        const texts = rowTexts(json, parsed);
        for (const [at, one] of (texts ?? []).entries()) {
          expect(JSON.parse(one)).toEqual(parsed[at]);
          const told = cut(one, parsed[at]);
          if (told === undefined) continue;
          found += 1;
          expect(JSON.parse(told)).toEqual(without(parsed[at]));
          expect(told).not.toContain('\n');
        }
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('keep their own numbers', () => {
    const json = '{"customer_id":"c-1","a":1.50, "b":1e3,"c":-0.0}';
    const body = JSON.parse(json);
    expect(cut(bodyText(json, body) ?? '', body)).toBe('{"a":1.50, "b":1e3,"c":-0.0}');
  });

  it.each([
    ['a name twice, of which only the last counts', '{"a":1,"a":2,"b":1,"c":1,"customer_id":1}'],
    ['the join key twice', '{"customer_id":2,"a":2,"b":1,"c":1,"customer_id":1}'],
    ['a name that is missing', '{"a":1,"b":1,"customer_id":1}'],
    ['one too many', '{"a":1,"b":1,"c":1,"d":1,"customer_id":1}'],
    ['an escape', '{"a":"\\u0031","b":1,"c":1,"customer_id":1}'],
    ['several lines', '{"a":1,\n"b":1,"c":1,"customer_id":1}'],
    ['a brace in a text', '{"a":"}","b":1,"c":1,"customer_id":1}'],
    ['an object', '{"a":{},"b":1,"c":1,"customer_id":1}'],
  ])('are not taken out of %s', (_, json) => {
    const body = JSON.parse(json);
    const whole = bodyText(json, body);
    expect(whole === undefined ? undefined : cut(whole, body)).toBeUndefined();
  });

  it.each([
    ['braces in texts that make up for rows that are none', '{"rows":[5,{"a":"{}"}]}'],
    ['rows that come twice', '{"rows":[{"a":1}],"rows":[{"a":2}]}'],
    ['a list in a list', '{"rows":[[{"a":1}]]}'],
  ])('are not looked for among %s', (_, json) => {
    expect(rowTexts(json, JSON.parse(json).rows)).toBeUndefined();
  });
});
