import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { Source } from '#contracts/sources.ts';
import { joinVersions, type Tables } from '#core/features/index.ts';
import { someSourceView } from '../materialize/_world.ts';

const rowsOf = (times: readonly string[]): string =>
  times.map((time) => `SELECT 'a' AS customer_id, ${time} AS moment, 1.0::DOUBLE AS amount`).join(' UNION ALL ');

const entityTable = async (tables: Tables, times: readonly string[]) => {
  await tables.run(`CREATE TABLE labels AS SELECT customer_id, moment FROM (${rowsOf(times)})`);
  return { from: 'labels', called: 'labels', columns: await tables.columnsOf('FROM labels'), isText: false };
};

/** Whether the row of a view that was true at `event` is given to entity rows at `times`. */
const isGiven = (event: string, times: readonly string[], ttlDays = 0): Promise<boolean[]> =>
  duckDbEngine().open(async (tables) => {
    const objects = memoryObjectStore();
    const file = tables.localPath('orders.parquet');
    await tables.writeParquet(rowsOf([event]), file);
    await objects.put(dataKeys.raw('shop', 'orders.parquet'), await readFile(file));
    const source = Source.parse({ path: 'orders.parquet', format: 'parquet', timestamp: 'moment' });
    const version = { ...someSourceView('buying', { ttlDays }), source };
    const deps = { objects, catalog: s3DatasetCatalog(objects) };
    const entities = await entityTable(tables, times);
    const views = [{ version, features: version.view.features }];
    const request = { entities, time: 'CAST(moment AS TIMESTAMP)', views };
    const { query, row } = await joinVersions(deps, tables, request);
    return (await tables.rows(`SELECT amount FROM (${query}) ORDER BY ${row}`)).map(({ amount }) => amount === 1);
  });

const at = (time: string): string => `TIMESTAMP '${time}'`;

describe('the time of a row', () => {
  it.each([
    ['a microsecond', at('2026-01-01 00:00:00.0005'), at('2026-01-01 00:00:00.000499'), at('2026-01-01 00:00:00.0005')],
    ['an offset', "TIMESTAMPTZ '2026-01-01 02:00:00+02'", at('2025-12-31 23:59:59.999999'), at('2026-01-01')],
    ["the day's beginning", "DATE '2026-01-02'", at('2026-01-01 23:59:59.999999'), at('2026-01-02')],
    ['a day of entity rows', at('2026-01-01 00:00:00.000001'), "DATE '2026-01-01'", "DATE '2026-01-02'"],
  ])('counts to %s', async (_, event, before, from) => {
    expect([await isGiven(event, [before]), await isGiven(event, [from])]).toEqual([[false], [true]]);
  });

  it('counts to a microsecond at the end of its ttl, too', async () => {
    const times = ['2026-01-02 00:00:00.000499', '2026-01-02 00:00:00.0005', '2026-01-02 00:00:00.000501'].map(at);
    expect(await isGiven(at('2026-01-01 00:00:00.0005'), times, 1)).toEqual([true, true, false]);
  });

  it('is none at the end of all times', async () => {
    const labels = [at('2026-01-01'), at('infinity')];
    expect(await isGiven(at('-infinity'), labels)).toEqual([false, false]);
    expect(await isGiven(at('infinity'), labels)).toEqual([false, false]);
  });

  it('may lie as far out as the engine has times, and changes nothing for others', async () => {
    const times = ['20000-01-01', '9999-12-31 23:59:59.999999', '0001-01-01', 'infinity', '2026-01-02'].map(at);
    expect(await isGiven(at('2026-01-01'), times, 3_650)).toEqual([false, false, false, false, true]);
    expect(await isGiven(at('2026-01-01'), times)).toEqual([true, true, false, true, true]);
  });
});
