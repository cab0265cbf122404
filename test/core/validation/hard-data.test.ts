import { describe, expect, it } from '@jest/globals';
import { type Asking, judged, judgedOne } from './judged.ts';

describe('data that makes an expectation hard', () => {
  it('a column that is not there fails with the nearest name, and sinks no other', async () => {
    const [missing, fine] = await judged([
      ['expect_column_mean_to_be_between', { column: 'agee', min_value: 1 }],
      ['expect_column_values_to_not_be_null', { column: 'id' }],
    ]);
    expect(missing).toMatchObject({ success: false, result: {} });
    expect(missing?.exception_info?.exception_message).toMatch(/no column "agee" \(did you mean "age"\?\)/);
    expect(fine?.success).toBe(true);
  });

  it('a suite may have any number of expectations that are not met', async () => {
    const asked = Array.from({ length: 1_200 }, (_, i): Asking => {
      return ['expect_column_values_to_be_between', { column: 'id', min_value: 100 + i }];
    });
    const results = await judged(asked);
    expect(results.map(({ result }) => (result as { unexpected_count: number }).unexpected_count)).toEqual(
      asked.map(() => 10),
    );
    expect(results.at(-1)).toMatchObject({ success: false, result: { partial_unexpected_index_list: { length: 10 } } });
  });

  it('text under a numeric bound counts as unexpected', async () => {
    const view = "CREATE VIEW dataset AS FROM (VALUES ('1'), ('x'), (NULL), ('7')) t(v)";
    expect(
      await judgedOne('expect_column_values_to_be_between', { column: 'v', min_value: 0, max_value: 5 }, view),
    ).toMatchObject({
      success: false,
      result: { missing_count: 1, unexpected_count: 2, partial_unexpected_list: ['x', '7'] },
    });
    const mean = await judgedOne('expect_column_mean_to_be_between', { column: 'v', min_value: 0 }, view);
    expect(mean.exception_info?.exception_message).toMatch(/"v" is VARCHAR/);
  });

  it('an empty column has no mean, and no value that does not fit', async () => {
    const view = 'CREATE VIEW dataset AS SELECT NULL::DOUBLE AS v FROM range(3)';
    const asked = (type: string, more: object) => judgedOne(type, { column: 'v', ...more }, view);
    expect(await asked('expect_column_mean_to_be_between', { min_value: 0 })).toMatchObject({
      success: false,
      result: { observed_value: null },
    });
    expect(await asked('expect_column_values_to_be_in_set', { value_set: [1] })).toMatchObject({
      success: true,
      result: { missing_count: 3, unexpected_count: 0, unexpected_percent: null },
    });
    expect((await asked('expect_column_values_to_not_be_null', {})).success).toBe(false);
  });

  it('NaN is missing', async () => {
    const view = "CREATE VIEW dataset AS FROM (VALUES (1.0::DOUBLE), ('nan'::DOUBLE)) t(v)";
    expect(await judgedOne('expect_column_mean_to_be_between', { column: 'v', min_value: 1 }, view)).toMatchObject({
      success: true,
      result: { observed_value: 1 },
    });
    const values = await judgedOne('expect_column_values_to_be_between', { column: 'v', max_value: 5 }, view);
    expect(values).toMatchObject({ success: true, result: { missing_count: 1, unexpected_count: 0 } });
  });

  it('names and values with quotes stay names and values', async () => {
    const view = `CREATE VIEW dataset AS SELECT 'it''s' AS "odd ""name"" -- x"`;
    const column = 'odd "name" -- x';
    expect((await judgedOne('expect_column_values_to_be_in_set', { column, value_set: ["it's"] }, view)).success).toBe(
      true,
    );
    expect((await judgedOne('expect_column_values_to_match_regex', { column, regex: "'s$" }, view)).success).toBe(true);
    const none = await judgedOne('expect_column_values_to_be_in_set', { column, value_set: ["') OR (TRUE"] }, view);
    expect(none.success).toBe(false);
  });

  it('at most twenty examples are kept', async () => {
    const view = 'CREATE VIEW dataset AS SELECT i AS v FROM range(1000) t(i)';
    const seen = await judgedOne('expect_column_values_to_be_between', { column: 'v', max_value: 9 }, view);
    expect(seen.result.unexpected_count).toBe(990);
    expect(seen.result.partial_unexpected_list).toEqual(Array.from({ length: 20 }, (_, i) => i + 10));
  });
});
