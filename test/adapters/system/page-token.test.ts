import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pageFrom, pageToken, sortKeyOf } from '#adapters/system/page-token.ts';
import { allPages } from '#test/helpers/all-pages.ts';

describe('page tokens', () => {
  it('give back the sort key (law)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => expect(sortKeyOf(pageToken(key))).toBe(key)),
    );
  });

  it('open nothing when nobody gave them out (law)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.startsWith('MT'));
        expect(() => sortKeyOf(text)).toThrow('is not one that a page gave out');
      }),
    );
  });

  it.each(['', 'x'.repeat(1_001), 'a\u{10ffff}'])('open nothing at a key that no table has', (key) => {
    expect(() => sortKeyOf(pageToken(key))).toThrow('is not one that a page gave out');
  });

  it('never lose or repeat an item, whatever the size (law)', async () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 1 })).map((all) => all.sort());
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 7 }), async (sorted, size) => {
        expect(await allPages(async (page) => pageFrom(sorted, (key) => key, page), size)).toEqual(sorted);
      }),
    );
  });
});
