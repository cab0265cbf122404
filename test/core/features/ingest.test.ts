import { describe, expect, it } from '@jest/globals';
import type { DatasetManifest } from '#contracts/datasets.ts';
import { ingest } from '#core/features/index.ts';
import { dataWorld, filledWorld, orders, people, shopFiles, shopProject, step, type World } from './data-world.ts';

const manifestOf = async ({ deps }: World, datasetId: string): Promise<DatasetManifest> =>
  (await deps.catalog.find('shop', 'ingested', datasetId))!;

describe('ingest', () => {
  it('joins the sources over the range, loses no entity, and stores rows by key', async () => {
    const world = await filledWorld();
    const made = await ingest(world.deps, step);
    expect(made).toMatchObject({ project: 'shop', projectVersion: 1, rowCount: 3, end: step.startedAt });
    // 5000 was ordered at the very end: the range is half open. 007 keeps its zeros.
    expect(await world.rows(await manifestOf(world, made.datasetId))).toEqual([
      { customer_id: '002', age: 45, city: null, orders: 0, total: null, left_us: 0 },
      { customer_id: '007', age: 31, city: 'Bern', orders: 2, total: 15, left_us: 0 },
      { customer_id: '010', age: 52, city: 'Oslo', orders: 2, total: 100, left_us: 1 },
    ]);
  });

  it('writes a manifest with profile, hashes and everything it was made from', async () => {
    const world = await filledWorld();
    const made = await manifestOf(world, (await ingest(world.deps, step)).datasetId);
    expect(made.columns[2]).toMatchObject({
      name: 'city',
      type: 'VARCHAR',
      nulls: 1,
      distinct: 2,
      min: 'Bern',
      max: 'Oslo',
    });
    expect(made.columns[4]).toMatchObject({ name: 'total', nulls: 1, distinct: 2, min: 15, max: 100 });
    expect(made.inputs.files.map(({ path }) => path)).toEqual(['people.csv', 'orders/1.csv', 'orders/2.csv']);
    expect(made.inputs.files[0]?.sha256).toBe(world.deps.digest.sha256(people));
    expect(made.inputs.parameters).toMatchObject({ start: '2026-01-31T02:00:00.000Z', end: step.startedAt });
    expect(made.producer).toEqual({ step: 'ingest', codeVersion: 'v1' });
    expect(await world.deps.catalog.latest('shop', 'ingested')).toEqual(made);
    const [file] = made.files;
    const key = made.uri.replace('s3://memory-bucket/', '') + file?.path;
    expect(world.deps.digest.sha256((await world.deps.objects.get(key))!)).toBe(file?.sha256);
  });

  it('answers its own earlier work for the same inputs, and other work for others', async () => {
    const world = await filledWorld();
    const first = await ingest(world.deps, step);
    const keys = await world.keys();
    expect(await ingest(world.deps, { ...step, execution: 'e-2' } as typeof step)).toEqual(first);
    await world.apply(shopProject({ gate: [{ metric: 'roc_auc', minimum: 0.5 }] }));
    expect((await ingest(world.deps, step)).datasetId).toBe(first.datasetId);
    expect(await world.keys()).toEqual(keys);
    const ids = new Set([first.datasetId]);
    ids.add((await ingest(world.deps, { ...step, end: '2026-03-01T00:00:00Z' })).datasetId);
    ids.add((await ingest(world.deps, { ...step, start: '2026-02-21T00:00:00Z' })).datasetId);
    ids.add((await ingest({ ...world.deps, codeVersion: 'v2' }, step)).datasetId);
    await world.put({ 'orders/3.csv': 'customer_id,ordered_at,amount\n007,2026-02-23,1\n' });
    ids.add((await ingest(world.deps, step)).datasetId);
    expect(ids.size).toBe(5);
  });

  it('gives the same bytes when it is made again from nothing', async () => {
    const files = await Promise.all(
      [await filledWorld(), await filledWorld()].map(async (world) => {
        const made = await manifestOf(world, (await ingest(world.deps, step)).datasetId);
        return [made.datasetId, made.files];
      }),
    );
    expect(files[0]).toEqual(files[1]);
  });

  it('names only the times that its SQL asks for: without them the moment of the run does not matter', async () => {
    const world = await filledWorld(shopProject(), { ...shopFiles, 'dataset.sql': 'SELECT * FROM people' });
    const first = await ingest(world.deps, step);
    const later = await ingest(world.deps, { ...step, startedAt: '2026-04-01T00:00:00Z' });
    expect(later.datasetId).toBe(first.datasetId);
    expect(later.end).toBe('2026-04-01T00:00:00.000Z');
  });

  it('reads Parquet and JSON sources too', async () => {
    const sources = {
      people: { path: 'people.json', format: 'json', key: 'customer_id' },
      orders: { path: 'orders.parquet', format: 'parquet', key: 'customer_id' },
    };
    const world = await dataWorld(shopProject({ sources }));
    await world.put({ 'people.json': '{"customer_id":"a","age":3,"city":"X","left_us":1}\n{"customer_id":"b"}\n' });
    await world.deps.engine.open(async (tables) => {
      const file = tables.localPath('o.parquet');
      await tables.writeParquet("SELECT 'a' AS customer_id, TIMESTAMP '2026-03-01' AS ordered_at, 2.5 AS amount", file);
      await world.deps.objects.upload(file, 'projects/shop/raw/orders.parquet');
    });
    const made = await manifestOf(world, (await ingest(world.deps, step)).datasetId);
    expect(await world.rows(made)).toEqual([
      { customer_id: 'a', age: 3, city: 'X', orders: 1, total: 2.5, left_us: 1 },
      { customer_id: 'b', age: null, city: null, orders: 0, total: null, left_us: null },
    ]);
  });

  it('leaves Yes and No the text that they are', async () => {
    const sql = 'SELECT customer_id, left_us FROM people';
    const world = await dataWorld(shopProject(), { ...shopFiles, 'dataset.sql': sql });
    await world.put({ 'people.csv': 'customer_id,age,city,left_us\na,1,x,Yes\nb,2,y,No\n', ...orders });
    const rows = await world.rows(await manifestOf(world, (await ingest(world.deps, step)).datasetId));
    expect(rows.map((row) => row.left_us)).toEqual(['Yes', 'No']);
  });

  it('takes empty and header-only days in between', async () => {
    const world = await filledWorld();
    await world.put({ 'orders/0.csv': '', 'orders/9.csv': 'customer_id,ordered_at,amount\n' });
    expect((await ingest(world.deps, step)).rowCount).toBe(3);
  });
});

describe('ingest refuses', () => {
  const attempt = async (raw: Record<string, string>, request: object = {}) => {
    const world = await dataWorld();
    await world.put(raw);
    return ingest(world.deps, { ...step, ...request });
  };

  it('a missing source, and says what lies there', async () => {
    await expect(attempt({ 'people.csv': people, 'orders.csv': 'x' })).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: expect.stringMatching(/"orders".*"orders\/\*\.csv".*orders\.csv, people\.csv/),
      details: { source: 'orders', path: 'orders/*.csv', present: ['orders.csv', 'people.csv'] },
    });
  });

  it.each([
    ['zero bytes', ''],
    ['only a header', 'customer_id,age,city,left_us\n'],
  ])('a source of %s', async (_, text) => {
    await expect(attempt({ 'people.csv': text, ...orders })).rejects.toMatchObject({
      code: 'SOURCE_EMPTY',
      message: expect.stringContaining('people.csv'),
    });
  });

  it('a file without a column, and names file, columns and the nearest name', async () => {
    const broken = { ...orders, 'orders/2.csv': 'customer_id,ordered_at,amuont\na,2026-02-01,1\n' };
    await expect(attempt({ 'people.csv': people, ...broken })).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
      message: expect.stringMatching(
        /orders\/2\.csv has no column "amount".*did you mean "amuont".*customer_id, ordered_at/,
      ),
      details: { column: 'amount', columns: ['customer_id', 'ordered_at', 'amuont'] },
    });
  });

  it('nulls in the key, with their number and first rows', async () => {
    const broken = {
      ...orders,
      'orders/2.csv': 'customer_id,ordered_at,amount\na,2026-02-01,1\n,2026-02-01,1\n"  ",2026-02-01,1\n',
    };
    await expect(attempt({ 'people.csv': people, ...broken })).rejects.toMatchObject({
      code: 'KEY_HAS_NULLS',
      message: expect.stringContaining('empty in 2 of 6 rows'),
      details: { count: 2, first: ['orders/2.csv row 2', 'orders/2.csv row 3'] },
    });
  });

  it('rows of unequal length, and says which', async () => {
    const broken = 'customer_id,age,city,left_us\n1,2,x,0\n2,3,y,0,9\n';
    await expect(attempt({ 'people.csv': broken, ...orders })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringMatching(/people\.csv.*Line: 3/s),
    });
  });

  it('a file of another format', async () => {
    const world = await dataWorld(shopProject({ sources: { people: { path: 'people.csv', format: 'parquet' } } }));
    await world.put({ 'people.csv': people });
    await expect(ingest(world.deps, step)).rejects.toMatchObject({ code: 'SOURCE_INVALID' });
  });

  it('SQL that does not parse, and points at it', async () => {
    const world = await filledWorld(shopProject(), { ...shopFiles, 'dataset.sql': 'SELECT *\nFORM people' });
    await expect(ingest(world.deps, step)).rejects.toMatchObject({
      code: 'SQL_INVALID',
      details: { file: 'dataset.sql', line: 2 },
    });
  });

  it('a range without rows', async () => {
    const world = await filledWorld(shopProject(), {
      ...shopFiles,
      'dataset.sql': 'FROM orders WHERE ordered_at < $start',
    });
    await expect(ingest(world.deps, { ...step, start: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'TOO_FEW_ROWS',
      message: expect.stringContaining('2020-01-01T00:00:00.000Z'),
    });
    expect(await world.deps.catalog.latest('shop', 'ingested')).toBeUndefined();
  });

  it('a start that is not before the end, an unknown project, a version that lacks its SQL', async () => {
    await expect(attempt({}, { start: step.startedAt })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(attempt({}, { project: 'nobody' })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    const world = await filledWorld(shopProject(), {});
    await expect(ingest(world.deps, step)).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
  });
});
