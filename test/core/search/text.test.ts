import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareTexts, ilike, like } from '#core/search/text.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '%', '_', '😀', '\uffee', 'é', '\n', '.', '*') });

/** LIKE as a regular expression says it. */
const pattern = (text: string): RegExp =>
  new RegExp(
    `^${[...text].map((sign) => ({ '%': '[^]*', _: '[^]' })[sign] ?? sign.replace(/[.*]/, '\\$&')).join('')}$`,
    'u',
  );

describe('texts', () => {
  it('sort as their UTF-8 bytes do', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('match LIKE as a regular expression would', () => {
    fc.assert(
      fc.property(letters, letters, (text, wanted) => {
        expect(like(wanted)(text)).toBe(pattern(wanted).test(text));
      }),
    );
  });

  it('match ILIKE whatever the case of A to Z, and of no other letter', () => {
    expect(ilike('%HURN_')('Churn1')).toBe(true);
    expect(ilike('É')('é')).toBe(false);
  });

  it('match a pattern of many % without a detour for each', () => {
    expect(like(`${'%a'.repeat(2_000)}%b`)('a'.repeat(8_000))).toBe(false);
  });
});
