import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { knownExpectations, parseSuite } from '#core/validation/index.ts';
import { fitsMostly } from '#core/validation/map-result.ts';
import { isOfType } from '#core/validation/types.ts';
import { judgedOne } from './judged.ts';

const parse = (suite: unknown) => () => parseSuite(typeof suite === 'string' ? suite : JSON.stringify(suite), 's.json');
const one = (type: string, kwargs: object) => parse({ expectations: [{ type, kwargs }] });

describe('suites', () => {
  it('are read with 1.x and with 0.18 names, and with what Great Expectations adds', () => {
    const kwargs = { column: 'a', batch_id: 'x', result_format: 'BASIC' };
    const modern = {
      name: 'm',
      meta: { great_expectations_version: '1.5' },
      expectations: [{ type: 'expect_column_to_exist', kwargs, severity: 'warning', id: null }],
    };
    const old = {
      expectation_suite_name: 'o',
      data_asset_type: null,
      expectations: [{ expectation_type: 'expect_column_to_exist', kwargs, meta: {} }],
    };
    expect(parse(modern)()).toMatchObject({
      name: 'm',
      asked: [{ type: 'expect_column_to_exist', severity: 'warning' }],
    });
    expect(parse(old)()).toMatchObject({ name: 'o', asked: [{ severity: 'critical' }] });
  });

  it.each([
    ['text that is not JSON', parse('{'), /s\.json, line 1, column 2: is not JSON/],
    ['no expectations', parse({ expectations: [] }), /expectations/],
    [
      'a type that is not known, with the nearest and all known',
      one('expect_column_values_to_be_uniqe', { column: 'a' }),
      /did you mean "expect_column_values_to_be_unique".*known are: .*expect_column_mean_to_be_between/,
    ],
    ['no type', parse({ expectations: [{ kwargs: {} }] }), /expectation 1 \(without a type\)/],
    [
      'an argument that would change the verdict',
      one('expect_column_to_exist', { column: 'a', where: 'x > 1' }),
      /where/,
    ],
    ['a missing argument', one('expect_column_values_to_be_in_set', { column: 'a' }), /value_set/],
    ['a range without ends', one('expect_column_mean_to_be_between', { column: 'a' }), /min_value or max_value/],
    ['a share above one', one('expect_column_values_to_not_be_null', { column: 'a', mostly: 1.5 }), /mostly/],
    [
      'quantiles without ranges',
      one('expect_column_quantile_values_to_be_between', {
        column: 'a',
        quantile_ranges: {
          quantiles: [0.5],
          value_ranges: [
            [1, 2],
            [3, 4],
          ],
        },
      }),
      /one value range a quantile/,
    ],
  ])('refuse %s', (_, parsing, message) => {
    expect(parsing).toThrow(message);
    expect(parsing).toThrow(expect.objectContaining({ code: 'SUITE_INVALID' }));
  });

  it('refuse patterns and bounds that cannot be used with the column', async () => {
    await expect(
      judgedOne('expect_column_values_to_match_regex', { column: 'city', regex: '(?=x)' }),
    ).rejects.toMatchObject({
      code: 'SUITE_INVALID',
      message: expect.stringMatching(/look-around/),
    });
    await expect(
      judgedOne('expect_column_values_to_be_between', { column: 'age', min_value: 'young' }),
    ).rejects.toMatchObject({
      code: 'SUITE_INVALID',
    });
    await expect(
      judgedOne('expect_column_max_to_be_between', { column: 'joined', max_value: 'someday' }),
    ).rejects.toMatchObject({
      code: 'SUITE_INVALID',
    });
  });

  it('know the types that the requirements name', () => {
    expect(knownExpectations.length).toBeGreaterThanOrEqual(28);
  });
});

describe('mostly', () => {
  it('means the share of filled rows that fit, whatever binary fractions do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(), fc.nat(100), (filled, raw, missing) => {
        const unexpected = raw % (filled + 1);
        const counts = { elements: filled + missing, missing, unexpected };
        expect(fitsMostly(counts, (filled - unexpected) / filled)).toBe(true);
        if (unexpected < filled)
          expect(fitsMostly({ ...counts, unexpected: unexpected + 1 }, (filled - unexpected) / filled)).toBe(false);
      }),
    );
  });
});

describe('type names', () => {
  it.each([
    ['BIGINT', 'int64', true],
    ['BIGINT', 'INTEGER', true],
    ['DECIMAL(18,3)', 'float', true],
    ['DECIMAL(18,3)', 'DECIMAL(18,3)', true],
    ['VARCHAR', 'object', true],
    ['VARCHAR', 'VARCHAR(20)', true],
    ['TIMESTAMP', 'datetime64[ns]', true],
    ['DATE', 'TIMESTAMP', false],
    ['DOUBLE', 'int', false],
    ['BLOB', 'blob', true],
    ['DOUBLE', 'nonsense', false],
  ])('%s is %s: %s', (type, wanted, is) => expect(isOfType(type, wanted)).toBe(is));
});
