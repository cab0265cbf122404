import { describe, expect, it } from '@jest/globals';
import { wholePattern } from '#core/validation/python-regex.ts';
import { judgedOne } from './judged.ts';

const texts = ['a', 'b', 'ab', 'a\n', '\na', 'a\nb', 'a|b', 'a$', '', 'A', '٣', 'é'];
const view = `CREATE VIEW dataset AS SELECT unnest([${texts.map((text) => `'${text}'`).join(', ')}]) AS v`;

/** What Python's re.search finds, by JavaScript's engine: its $ does not hold before a last line break, \d is of ASCII. */
const found = (regex: RegExp): string[] =>
  texts.filter((text) => regex.test(text) || regex.test(text.replace(/\n$/, '')));

describe('regular expressions of Python', () => {
  it.each([
    ['^a$', /^a$/],
    ['^a+b?$', /^a+b?$/],
    ['^a|b$', /^a|b$/],
    ['^(a|b)$', /^(?:a|b)$/],
    ['^[a$]+$', /^[a$]+$/],
    ['^a\\$$', /^a\$$/],
    ['^(?i)a$', /^a$/i],
    ['a', /a/],
    ['^$', /^$/],
    ['^\\w$', /^[\p{L}\p{N}_]$/u],
    ['^\\d$', /^\p{Nd}$/u],
  ])('%s finds what Python finds', async (regex, wanted) => {
    const seen = await judgedOne('expect_column_values_to_match_regex', { column: 'v', regex }, view);
    const unexpected = seen.result.partial_unexpected_list as string[];
    expect(texts.filter((text) => !unexpected.includes(text))).toEqual(found(wanted));
  });

  it('are asked of whole texts only when they are about those', () => {
    expect(wholePattern('^a$')).toBe('a\\n?');
    for (const regex of ['a$', '^a', '^a|b$', '(?m)^a$', '^a\\$']) expect(wholePattern(regex)).toBeUndefined();
  });
});
