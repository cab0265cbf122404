import { describe, expect, it } from '@jest/globals';
import { buildFeatures, ingest, updateReference } from '#core/features/index.ts';
import { filledWorld, shopFiles, shopProject, step, type World } from './data-world.ts';

const built = async (world: World) => {
  const { datasetId, projectVersion, end } = await ingest(world.deps, step);
  return buildFeatures(world.deps, { project: 'shop', projectVersion, datasetId, end });
};
const withFeatures = (sql: string) => filledWorld(shopProject(), { ...shopFiles, 'features.sql': sql });

describe('buildFeatures', () => {
  it('gives key, time, declared features and label, in key order and with the declared types', async () => {
    const world = await filledWorld();
    const made = await built(world);
    expect(made.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'customer_id VARCHAR',
      'event_timestamp TIMESTAMP',
      'age DOUBLE',
      'city VARCHAR',
      'mean_amount DOUBLE',
      'is_older DOUBLE',
      'left_us DOUBLE',
    ]);
    const event_timestamp = '2026-03-02 02:00:00';
    expect(await world.rows(made)).toEqual([
      { customer_id: '002', event_timestamp, age: 45, city: null, mean_amount: null, is_older: 1, left_us: 0 },
      { customer_id: '007', event_timestamp, age: 31, city: 'BERN', mean_amount: 7.5, is_older: 0, left_us: 0 },
      { customer_id: '010', event_timestamp, age: 52, city: 'OSLO', mean_amount: 50, is_older: 1, left_us: 1 },
    ]);
    expect(await world.deps.catalog.latest('shop', 'features')).toEqual(made);
  });

  it('finds its own earlier work, but not for other SQL', async () => {
    const world = await filledWorld();
    const first = await built(world);
    expect((await built(world)).createdAt).toBe(first.createdAt);
    await world.apply(shopProject(), { ...shopFiles, 'features.sql': `${shopFiles['features.sql']} WHERE age > 1` });
    expect((await built(world)).datasetId).not.toBe(first.datasetId);
  });

  it('turns infinities and NaN into missing values, and leaves out what is not declared', async () => {
    const world =
      await withFeatures(`SELECT *, CASE customer_id WHEN '002' THEN 1.0 / 0 WHEN '007' THEN 'nan'::DOUBLE ELSE 2 END AS mean_amount,
      1 AS is_older FROM dataset`);
    const rows = await world.rows(await built(world));
    expect(rows.map((row) => row.mean_amount)).toEqual([null, null, 2]);
    expect(Object.keys(rows[0] ?? {})).not.toContain('orders');
  });

  it('keeps columns whose groups are compared: as text, those that are features once', async () => {
    const files = { ...shopFiles, 'features.sql': `SELECT *, 7 AS branch FROM (${shopFiles['features.sql']})` };
    const before = await built(await filledWorld(shopProject(), files));
    const fairness = { columns: ['branch', 'city'] };
    const made = await built(await filledWorld(shopProject({ fairness }), files));
    expect(made.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...before.columns.slice(0, -1).map(({ name, type }) => `${name} ${type}`),
      'branch VARCHAR',
      'left_us DOUBLE',
    ]);
    expect(made.datasetId).not.toBe(before.datasetId);
    const missing = built(await filledWorld(shopProject({ fairness })));
    await expect(missing).rejects.toMatchObject({ code: 'COLUMN_MISSING', details: { column: 'branch' } });
  });

  const all = 'age, city, 1.5 AS mean_amount, 0 AS is_older, left_us';
  it.each([
    ['SQL that does not parse', 'SELEC 1', 'SQL_INVALID', /features\.sql, line 1/],
    ['a time parameter', `SELECT customer_id, ${all} FROM dataset WHERE $start`, 'SQL_INVALID', /\$start/],
    [
      'a missing feature',
      'SELECT customer_id, age, city, 1 AS mean_amont, 0 AS is_older, left_us FROM dataset',
      'COLUMN_MISSING',
      /"mean_amount".*"mean_amont"/,
    ],
    [
      'a missing label',
      'SELECT customer_id, age, city, 1 AS mean_amount, 0 AS is_older FROM dataset',
      'COLUMN_MISSING',
      /"left_us"/,
    ],
    ['a missing key', `SELECT ${all} FROM dataset`, 'COLUMN_MISSING', /"customer_id"/],
    [
      'a text declared a number',
      `SELECT * REPLACE (city AS age) FROM (SELECT customer_id, ${all} FROM dataset)`,
      'TYPE_MISMATCH',
      /"age" as VARCHAR.*declared a number.*CAST\(age AS DOUBLE\)/,
    ],
    [
      'a number declared a text',
      `SELECT * REPLACE (age AS city) FROM (SELECT customer_id, ${all} FROM dataset)`,
      'TYPE_MISMATCH',
      /"city" as BIGINT.*declared a string/,
    ],
    [
      'a key twice',
      `SELECT customer_id, ${all} FROM dataset UNION ALL SELECT '007', ${all} FROM dataset LIMIT 4`,
      'KEY_NOT_UNIQUE',
      /007 \(2 rows\)/,
    ],
    [
      'a key that is null',
      `SELECT nullif(customer_id, '007') AS customer_id, ${all} FROM dataset`,
      'KEY_HAS_NULLS',
      /1 of 3 rows/,
    ],
    ['no rows', `SELECT customer_id, ${all} FROM dataset WHERE false`, 'TOO_FEW_ROWS', /no rows/],
  ])('refuses %s', async (_, ...[sql, code, message]) => {
    const world = await withFeatures(sql);
    await expect(built(world)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await world.deps.catalog.latest('shop', 'features')).toBeUndefined();
  });

  it('needs the data set that it is to be made from', async () => {
    const { deps } = await filledWorld();
    const request = { project: 'shop', projectVersion: 1, datasetId: '0'.repeat(32), end: step.startedAt };
    await expect(buildFeatures(deps, request)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });
});

describe('updateReference', () => {
  const many = `SELECT format('c{:05d}', i) AS customer_id, i AS age, 'x' AS city, i / 3 AS mean_amount, 1 AS is_older,
    i % 2 AS left_us FROM dataset, range(12000) t(i) WHERE customer_id = '007'`;

  it('keeps 10,000 rows by hash, the same ones every time, in key order', async () => {
    const runs = await Promise.all(
      [await withFeatures(many), await withFeatures(many)].map(async (world) => {
        const { datasetId } = await built(world);
        const made = await updateReference(world.deps, {
          project: 'shop',
          projectVersion: 1,
          featuresDatasetId: datasetId,
        });
        return { made, keys: (await world.rows(made)).map((row) => String(row.customer_id)) };
      }),
    );
    expect(runs[0]?.made.rowCount).toBe(10_000);
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.keys).toEqual([...(runs[0]?.keys ?? [])].sort());
    // A sample, not the head: the last sixth of the keys is there by about its share.
    const late = runs[0]?.keys.filter((key) => key >= 'c10000').length ?? 0;
    expect(late).toBeGreaterThan(1_550);
    expect(late).toBeLessThan(1_780);
  });

  it('keeps every row of a small set', async () => {
    const world = await filledWorld();
    const { datasetId } = await built(world);
    const request = { project: 'shop', projectVersion: 1, featuresDatasetId: datasetId };
    const made = await updateReference(world.deps, request);
    expect(made).toMatchObject({ kind: 'reference', rowCount: 3, inputs: { datasets: [datasetId] } });
    expect(await updateReference(world.deps, request)).toEqual(made);
  });
});
