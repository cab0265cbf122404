import { describe, expect, it } from '@jest/globals';
import { dataKeys } from '#contracts/datasets.ts';
import { adoptUnloaded, ingest, planAthena } from '#core/features/index.ts';
import { filledWorld, shopFiles, shopProject, step, type World } from './data-world.ts';

const planned = (world: World, execution = 'e-1') =>
  planAthena({ ...world.deps, database: 'mlops_test' }, { ...step, execution });

/** What Athena would leave: the rows of the same SQL in several files, in no order. */
const unload = async (world: World, prefix: string): Promise<void> => {
  const { datasetId } = await ingest(world.deps, step);
  const manifest = await world.deps.catalog.find('shop', 'ingested', datasetId);
  const rows = await world.rows(manifest!);
  await world.deps.engine.open(async (tables) => {
    for (const [i, row] of rows.toReversed().entries()) {
      const values = Object.entries(row).map(([name, v]) => `${v === null ? 'NULL' : `'${v}'`} AS ${name}`);
      const file = tables.localPath(`${i}.parquet`);
      await tables.writeParquet(`SELECT ${values.join(', ')}`, file);
      await world.deps.objects.upload(file, `${prefix}20260302_00${i}`);
    }
  });
};

describe('planAthena', () => {
  it('lays a table over each source by its smallest file, and unloads the SQL', async () => {
    const { statements, unloaded } = await planned(await filledWorld());
    const texts = statements.map(({ queryString }) => queryString);
    expect(texts).toHaveLength(3);
    expect(texts[0]).toMatch(/`mlops_test`\.`shop_people_\w+` \(\n {2}`customer_id` string,\n {2}`age` string,/);
    expect(texts[2]).toContain(`CAST(NULLIF("age", '') AS bigint) AS "age"`);
    expect(texts[2]).toContain('WHERE ordered_at >= CAST(? AS timestamp(3)) AND ordered_at < CAST(? AS timestamp(3))');
    expect(texts[2]).toContain(`TO 's3://memory-bucket/${unloaded}'`);
    expect(statements[2]?.parameters).toEqual(["'2026-01-31 02:00:00.000'", "'2026-03-02 02:00:00.000'"]);
    expect(unloaded).toMatch(/^projects\/shop\/datasets\/unloaded\/[0-9a-f]{32}\/e-1\/$/);
  });

  it('refuses what the sources or the SQL are refused for on the other rungs', async () => {
    const wrong = await filledWorld(shopProject(), { ...shopFiles, 'dataset.sql': 'SELECT nothing FROM people' });
    await expect(planned(wrong)).rejects.toMatchObject({ code: 'SQL_INVALID' });
    const missing = await filledWorld(shopProject({ sources: { people: { path: 'nobody.csv' } } }));
    await expect(planned(missing)).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });

  it('asks for another query when a file changed', async () => {
    const world = await filledWorld();
    const before = await planned(world);
    await world.put({ 'orders/2.csv': 'customer_id,ordered_at,amount\n010,2026-03-01 23:59:59,2\n' });
    expect((await planned(world)).unloaded).not.toBe(before.unloaded);
  });
});

describe('adoptUnloaded', () => {
  it("makes the rows a data set in key order, with the query's inputs, and the query is not asked for again", async () => {
    const world = await filledWorld();
    const { unloaded } = await planned(world);
    await unload(world, unloaded);
    const made = await adoptUnloaded(world.deps, { project: 'shop', unloaded });
    expect(made).toMatchObject({ project: 'shop', projectVersion: 1, rowCount: 3, end: step.startedAt });
    const manifest = await world.deps.catalog.find('shop', 'ingested', made.datasetId);
    expect((await world.rows(manifest!)).map((row) => row.customer_id)).toEqual(['002', '007', '010']);
    expect(manifest?.inputs.parameters).toMatchObject({ engine: 'athena', end: step.startedAt, key: 'customer_id' });
    expect(await planned(world, 'e-2')).toEqual({ statements: [], unloaded });
    expect(await adoptUnloaded(world.deps, { project: 'shop', unloaded })).toEqual(made);
  });

  it('says that there were no rows, and that nobody planned them', async () => {
    const world = await filledWorld();
    const { unloaded } = await planned(world);
    const adopt = (key: string) => adoptUnloaded(world.deps, { project: 'shop', unloaded: key });
    await expect(adopt(unloaded)).rejects.toMatchObject({ code: 'TOO_FEW_ROWS' });
    await expect(adopt(dataKeys.unloaded('shop', 'other', 'e-1/'))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
