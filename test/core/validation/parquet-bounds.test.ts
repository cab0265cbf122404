import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Tables } from '#core/features/index.ts';
import { parquetBounds, parseSuite, runSuite } from '#core/validation/index.ts';

const ROWS = `SELECT i AS id, CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS gaps, i + 0.5::DOUBLE AS fraction,
  CASE WHEN i = 5 THEN 'nan'::DOUBLE WHEN i = 6 THEN NULL ELSE i END AS nan, CASE WHEN i = 5 THEN 'inf'::DOUBLE ELSE i END AS inf,
  0.1::FLOAT AS float, 9007199254740993 + i AS large, NULL::DOUBLE AS nothing FROM range(10) t(i)`;
const columns = ['id', 'gaps', 'fraction', 'nan', 'inf', 'float', 'large', 'nothing'];

const asked = (column: string) => {
  const one = (type: string, kwargs: object = {}) => ({ type: `expect_column_${type}`, kwargs: { column, ...kwargs } });
  return [
    one('values_to_not_be_null'),
    one('values_to_not_be_null', { row_condition: 'col("id") > 7' }),
    one('values_to_be_null'),
    one('values_to_be_unique'),
    one('values_to_be_between', { min_value: 0, max_value: 9.5 }),
    one('values_to_be_between', { min_value: 0, max_value: 0.1 }),
    one('values_to_be_between', { min_value: 0, max_value: 9_007_199_254_740_992 }),
    one('unique_value_count_to_be_between', { min_value: 1 }),
    one('proportion_of_unique_values_to_be_between', { min_value: 0.5 }),
    one('proportion_of_non_null_values_to_be_between', { min_value: 0.5 }),
    one('stdev_to_be_between', { min_value: 0 }),
    one('mean_to_be_between', { min_value: 0 }),
  ];
};
const suite = parseSuite(JSON.stringify({ name: 'all', expectations: columns.flatMap(asked) }), 'suite.json');

const written = async (tables: Tables): Promise<string> => {
  const file = tables.localPath('rows.parquet');
  await tables.run(`COPY (${ROWS}) TO '${file}' (FORMAT parquet)`);
  return file;
};

describe('what the footer of a Parquet file tells', () => {
  it('changes no answer', async () => {
    await duckDbEngine().open(async (tables) => {
      const file = await written(tables);
      const from = `read_parquet('${file}')`;
      const known = await parquetBounds(tables, file);
      expect(await runSuite(tables, suite, { from, ...known })).toEqual(await runSuite(tables, suite, { from }));
    });
  });

  it('is the missing values of columns that cannot hide NaN', async () => {
    await duckDbEngine().open(async (tables) => {
      const { missing } = await parquetBounds(tables, await written(tables));
      expect(Object.fromEntries(missing)).toEqual({ id: 0, gaps: 4, fraction: 0, large: 0 });
    });
  });
});
