import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { localPaths } from '#local/paths.ts';

const folder = join(localPaths().state, 'bench');

// hash() scatters the row's number: the same file each time, on each machine.
const uniform = (salt: number): string => `((hash(i * 31 + ${salt}) % 1000003) / 1000003.0)`;
const numbers = Array.from(
  { length: 10 },
  (_, c) => `CASE WHEN i % ${97 + c} = 0 THEN NULL ELSE ${uniform(c)} * ${100 * (c + 1)} END AS n${c}`,
);
const columns = [
  'i AS id',
  ...numbers,
  `CAST(${uniform(20)} * 80 AS BIGINT) AS age`,
  `CAST(${uniform(21)} * 5 AS BIGINT) AS level`,
  `['basic', 'plus', 'pro', 'team'][1 + CAST(floor(${uniform(22)} * 4) AS INT)] AS plan`,
  `CASE WHEN i % 1000 = 0 THEN NULL ELSE ['de', 'fr', 'it', 'es', 'pl'][1 + CAST(floor(${uniform(23)} * 5) AS INT)] END AS country`,
  `'user' || (i % 5000) || '@mail.example' AS email`,
  `'C-' || lpad(CAST(i % 99999 AS VARCHAR), 5, '0') AS code`,
  `${uniform(24)} < 0.3 AS active`,
  `TIMESTAMP '2026-01-01' + to_seconds(CAST(${uniform(25)} * 7000000 AS BIGINT)) AS seen_at`,
  `${uniform(26)} * 10 AS low`,
];

/** One million rows of 20 columns, made once. */
export const validationFile = async (rows: number): Promise<string> => {
  const file = join(folder, `validation-${rows}.parquet`);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 100000)`,
  );
  connection.closeSync();
  return file;
};

const e = (type: string, kwargs: object) => ({ type: `expect_${type}`, kwargs });
const notNull = ['id', 'age', 'level', 'plan', 'country', 'email', 'seen_at', 'low'];
const ranges = Array.from({ length: 10 }, (_, c) =>
  e('column_values_to_be_between', { column: `n${c}`, min_value: 0, max_value: c === 7 ? 790 : 100 * (c + 1) }),
);

/** 40 expectations that all three tools can say; five of them are not met. */
const expectations = [
  ...notNull.map((column) => e('column_values_to_not_be_null', { column })),
  ...ranges,
  e('column_values_to_be_between', { column: 'age', min_value: 0, max_value: 79 }),
  e('column_values_to_be_between', { column: 'level', min_value: 0, max_value: 5 }),
  e('column_values_to_be_between', { column: 'low', min_value: 0, max_value: 10 }),
  e('column_values_to_be_in_set', { column: 'plan', value_set: ['basic', 'plus', 'pro', 'team'] }),
  e('column_values_to_be_in_set', { column: 'country', value_set: ['de', 'fr', 'it', 'es'] }),
  e('column_values_to_be_in_set', { column: 'level', value_set: [0, 1, 2, 3, 4, 5] }),
  e('column_values_to_match_regex', { column: 'email', regex: '^[a-z0-9]+@mail\\.example$' }),
  e('column_values_to_match_regex', { column: 'code', regex: '^C-[0-9]{5}$' }),
  e('column_value_lengths_to_equal', { column: 'code', value: 7 }),
  e('column_value_lengths_to_be_between', { column: 'country', min_value: 2, max_value: 2 }),
  e('column_value_lengths_to_be_between', { column: 'plan', min_value: 3, max_value: 5 }),
  e('column_values_to_be_unique', { column: 'id' }),
  e('column_mean_to_be_between', { column: 'n0', min_value: 45, max_value: 55 }),
  e('column_mean_to_be_between', { column: 'n1', min_value: 90, max_value: 110 }),
  e('column_mean_to_be_between', { column: 'age', min_value: 50, max_value: 60 }),
  e('column_stdev_to_be_between', { column: 'n2', min_value: 70, max_value: 100 }),
  e('column_median_to_be_between', { column: 'n3', min_value: 180, max_value: 220 }),
  e('column_sum_to_be_between', { column: 'low', min_value: 1 }),
  e('column_min_to_be_between', { column: 'n4', min_value: 0, max_value: 1 }),
  e('column_max_to_be_between', { column: 'n5', min_value: 590, max_value: 600 }),
  e('column_unique_value_count_to_be_between', { column: 'email', min_value: 5000, max_value: 5000 }),
  e('column_pair_values_a_to_be_greater_than_b', {
    column_A: 'n9',
    column_B: 'low',
    or_equal: true,
    ignore_row_if: 'either_value_is_missing',
  }),
];

export const writeSuite = (): string => {
  const file = join(folder, 'validation-suite.json');
  writeFileSync(file, JSON.stringify({ name: 'bench', expectations }));
  return file;
};
export const expectationCount = expectations.length;
