import { expect, it } from '@jest/globals';
import { GivenTags } from '#contracts/common.ts';

const many = (count: number, characters: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag${i}`, 'x'.repeat(characters)]));

it('takes tags that an item of a table can hold', () => {
  expect(GivenTags.safeParse(many(100, 800)).success).toBe(true);
});

it.each([
  ['more than 100', many(101, 1)],
  ['more than 90,000 characters', many(100, 1_000)],
  ['a key of 251 characters', { ['k'.repeat(251)]: 'v' }],
  ['a value of 5,001 characters', { key: 'x'.repeat(5_001) }],
  ['an empty key', { '': 'v' }],
])('refuses %s', (_, tags) => {
  expect(GivenTags.safeParse(tags).success).toBe(false);
});
