import { describe, expect, it } from '@jest/globals';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { Feature } from '#contracts/feature-views.ts';
import { buildFeatures, ingest } from '#core/features/index.ts';
import { featureContract, runSuite, viewSuite } from '#core/validation/index.ts';
import { filledWorld, shopFiles, shopProject, step } from '../features/data-world.ts';

const features = [
  { name: 'n', type: 'number', minimum: 0, maximum: 10 },
  { name: 'w', type: 'integer', required: true },
  { name: 'b', type: 'boolean', values: [true] },
  { name: 's', type: 'string', values: ['x', 'y'] },
  { name: 't', type: 'timestamp', minimum: 1_767_225_600 },
].map((feature) => Feature.parse(feature));

const failed = (row: string): Promise<string[]> =>
  duckDbEngine().open(async (tables) => {
    await tables.run(`CREATE VIEW dataset AS SELECT ${row}`);
    const results = await runSuite(tables, viewSuite(features));
    return results
      .filter(({ success }) => !success)
      .map(({ expectation_config: { type, kwargs } }) => `${kwargs.column} ${type}`);
  });
const type = 'expect_column_values_to_be_of_type';
const range = 'expect_column_values_to_be_between';
const set = 'expect_column_values_to_be_in_set';

describe('the contract of a view', () => {
  it.each([
    ['declared types', "1.5 AS n, 3::BIGINT AS w, TRUE AS b, 'x' AS s, TIMESTAMP '2026-01-01' AS t"],
    [
      'the doubles that models are trained on',
      "1.5 AS n, 3::DOUBLE AS w, 1::DOUBLE AS b, 'x' AS s, 1767225600::DOUBLE AS t",
    ],
    ['missing values', 'NULL::DOUBLE AS n, 3 AS w, NULL::BOOLEAN AS b, NULL::VARCHAR AS s, NULL::TIMESTAMP AS t'],
  ])('holds for %s', async (_, row) => expect(await failed(row)).toEqual([]));

  it('names each promise that is not kept', async () => {
    const row = "11::DOUBLE AS n, 2.5 AS w, FALSE AS b, 'z' AS s, TIMESTAMP '2025-12-31 23:59:59' AS t";
    expect(await failed(row)).toEqual([`n ${range}`, `w ${type}`, `b ${set}`, `s ${set}`, `t ${range}`]);
    const doubles = '-0.5 AS n, NULL::DOUBLE AS w, 2::DOUBLE AS b, 5 AS s, 1::DOUBLE AS t';
    const missing = 'w expect_column_values_to_not_be_null';
    expect(await failed(doubles)).toEqual([
      `n ${range}`,
      missing,
      `b ${type}`,
      `b ${set}`,
      `s ${type}`,
      `s ${set}`,
      `t ${range}`,
    ]);
  });

  it('stops features before they are a data set, and keeps the report', async () => {
    const files = { ...shopFiles };
    const views = [{ name: 'profile', entity: 'customer', features: [{ name: 'age', type: 'number', maximum: 50 }] }];
    const world = await filledWorld(shopProject({ featureViews: views }), files);
    const { datasetId } = await ingest(world.deps, step);
    const reports = s3ReportArchive(world.deps.objects);
    const request = { project: 'shop', projectVersion: 1, datasetId, end: step.startedAt };
    const building = buildFeatures(world.deps, request, featureContract({ ...world.deps, reports }));
    await expect(building).rejects.toMatchObject({
      code: 'CONTRACT_NOT_MET',
      message: expect.stringMatching(/of age: seen 1 of 3 do not fit \(33\.33 %\), such as \[52\]/),
    });
    expect(await world.deps.catalog.latest('shop', 'features')).toBeUndefined();
    const { items } = await reports.list('shop', { maxResults: 5 });
    expect(items).toMatchObject([{ success: false, meta: { checked: 'contract', row_count: 3 } }]);
  });
});
