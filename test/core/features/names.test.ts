import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemDigest } from '#adapters/system/system.ts';
import { fitsGlob, staticPrefix } from '#core/features/glob.ts';
import { canonicalJson, datasetId, didYouMean, listed, nearestName } from '#core/features/index.ts';

describe('globs', () => {
  it.each([
    ['a.csv', 'a.csv', true],
    ['a.csv', 'aXcsv', false],
    ['usage/*.csv', 'usage/1.csv', true],
    ['usage/*.csv', 'usage/2026/1.csv', false],
    ['usage/**/*.csv', 'usage/1.csv', true],
    ['usage/**/*.csv', 'usage/2026/01/1.csv', true],
    ['day=*/part.csv', 'day=2026-01-01/part.csv', true],
    ['**', 'a/b', true],
  ])('%s on %s: %s', (glob, path, fits) => expect(fitsGlob(glob, path)).toBe(fits));

  it('list from a prefix that every fitting path has', () => {
    const word = fc.stringMatching(/^[a-z0-9=._-]{1,5}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 3 }), (parts, star) => {
        const glob = parts.map((part, i) => (i === star ? '*' : part)).join('/');
        const path = parts.join('/');
        expect(fitsGlob(glob, path)).toBe(true);
        expect(path.startsWith(staticPrefix(glob))).toBe(true);
      }),
    );
  });
});

describe('nearest name', () => {
  it('finds a slip, not a different word', () => {
    expect(nearestName('custmer_id', ['age', 'customer_id', 'city'])).toBe('customer_id');
    expect(nearestName('AGE', ['age'])).toBe('age');
    expect(nearestName('monthly_charges', ['a', 'gender'])).toBeUndefined();
    expect(didYouMean('ctiy', ['city'])).toBe(' (did you mean "city"?)');
    expect(didYouMean('x', [])).toBe('');
  });

  it('lists a few and counts the rest', () => {
    expect(listed([])).toBe('nothing');
    expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  });
});

describe('data set ids', () => {
  const recipe = (end: string) => ({
    kind: 'features' as const,
    project: 'shop',
    inputs: { datasets: ['a'], files: [], parameters: { end, rows: 1 } },
    codeVersion: 'v1',
  });

  it('do not depend on the order of keys, but on every value', () => {
    const reordered = { ...recipe('x'), inputs: { parameters: { rows: 1, end: 'x' }, files: [], datasets: ['a'] } };
    expect(datasetId(systemDigest, recipe('x'))).toMatch(/^[0-9a-f]{32}$/);
    expect(datasetId(systemDigest, reordered)).toBe(datasetId(systemDigest, recipe('x')));
    expect(datasetId(systemDigest, recipe('y'))).not.toBe(datasetId(systemDigest, recipe('x')));
  });

  it('canonical JSON reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });
});
