import { describe, expect, it } from '@jest/globals';
import { parseSuite } from '#core/validation/index.ts';
import { judgedOne } from './judged.ts';

const rowsOf = async (kwargs: object): Promise<unknown> =>
  (await judgedOne('expect_table_row_count_to_be_between', { min_value: 0, ...kwargs })).result.observed_value;
const parse = (kwargs: object) => () =>
  parseSuite(
    JSON.stringify({ expectations: [{ type: 'expect_table_row_count_to_equal', kwargs: { value: 1, ...kwargs } }] }),
    's.json',
  );

describe('row_condition', () => {
  it.each([
    ['col("age") > 50', 4],
    ['col("city").notNull()', 9],
    ['col("city") == "Bern"', 3],
    ['col("joined") >= date("2026-01-09")', 2],
    ['age > 50 and city != "Rome"', 2],
    ['city != "Rome"', 8],
    ['not (city == "Rome")', 8],
    ["city in ('Bern', 'Oslo') and not paid", 2],
    ["city not in ['Bern', 'Oslo']", 4],
    ['`city`.isnull() | age == 10', 2],
    ['city IS NULL OR age = 10', 2],
    ['age BETWEEN 20 AND 40', 3],
    ['20 <= age < 40', 2],
    ['a == b', 3],
    ['paid == True & a >= 2', 3],
    ['city.isin(["Rome"])', 2],
    ['age == -1', 0],
    ['city == 5', 0],
    ['', 10],
  ])('%s chooses %i rows', async (row_condition, count) => {
    expect(await rowsOf({ row_condition, condition_parser: 'pandas' })).toBe(count);
  });

  it.each([
    ['a call', 'age.map(len) > 1', /"map" stands where notNull\(\).*at character 5/],
    ['code', '__import__("os").system("x")', /"\(" stands where and, or, or the end should|should/],
    ['arithmetic', 'a + b > 3', /"\+" stands where/],
    ['an end too early', 'age >', /the end stands where a column or a value should, at character 6/],
    ['a sign', 'age ? 3', /"\?" is not understood, at character 5/],
    ['a value alone', '5', /the end stands where a comparison/],
  ])('refuses %s, with what is allowed', (_, row_condition, message) => {
    expect(parse({ row_condition })).toThrow(message);
    expect(parse({ row_condition })).toThrow(/allowed are comparisons/);
    expect(parse({ row_condition })).toThrow(expect.objectContaining({ code: 'SUITE_INVALID' }));
  });

  it('refuses structured conditions and parsers that are not known', () => {
    expect(parse({ row_condition: { type: 'xor' } })).toThrow(/"xor" is not one of and, or, comparison/);
    const odd = { type: 'comparison', column: { name: 'a' }, operator: '~', parameter: 1 };
    expect(parse({ row_condition: odd })).toThrow(/operator "~"/);
    expect(parse({ row_condition: 'a > 1', condition_parser: 'perl' })).toThrow(/condition_parser "perl"/);
  });

  it('about a column that is not there, or of another kind, judges nothing', async () => {
    const asked = (row_condition: string) => judgedOne('expect_table_row_count_to_equal', { value: 1, row_condition });
    expect((await asked('agee > 1')).exception_info?.exception_message).toMatch(/did you mean "age"/);
    expect((await asked('city > 1')).exception_info?.exception_message).toMatch(/have no common order/);
    expect((await asked('age')).exception_info?.exception_message).toMatch(/not a boolean/);
  });
});
