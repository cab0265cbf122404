import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { secretOptions } from '#adapters/duckdb/database-secret.ts';
import { duckDbDatabases } from '#adapters/duckdb/duckdb-databases.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { HistoricalRequest } from '#contracts/feature-requests.ts';
import { type Database, Source } from '#contracts/sources.ts';
import { buildHistorical, ingest, viewDataset } from '#core/features/index.ts';
import { dataWorld, people, shopFiles, shopProject, step } from '#test/core/features/data-world.ts';
import { materializeWorld, someSourceView } from '#test/core/features/materialize/_world.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databases-'));
  file = join(folder, 'crm.duckdb');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA sales');
  await connection.run(
    "CREATE TABLE sales.orders AS SELECT * FROM (VALUES ('010', TIMESTAMP '2026-02-21', 99.0), ('007', TIMESTAMP '2026-02-20', 10.5), ('007', TIMESTAMP '2026-01-01', 1.0)) t(customer_id, ordered_at, amount)",
  );
  connection.closeSync();
  instance.closeSync();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const parameters = { start: new Date('2026-02-01'), end: new Date('2026-03-01') };
const secrets: Record<string, string> = {
  'mlops/sources/crm': JSON.stringify({ host: '127.0.0.1', port: 1, username: 'me', password: "it's", dbname: 'crm' }),
  'mlops/sources/words': 'host=127.0.0.1',
};
const databases = duckDbDatabases({ readSecret: async (name) => secrets[name] });
const copy = (database: object, local: string | undefined = file) => {
  const target = join(folder, 'out.parquet');
  const request = { source: 'orders', database: database as Database, file: local, parameters, target };
  return databases.copy(request).then(() => readFile(target));
};

describe('a DuckDB file as the source of a view', () => {
  const version = {
    ...someSourceView('buying'),
    source: Source.parse({
      database: { kind: 'duckdb', file: 'crm.duckdb', table: 'sales.orders' },
      timestamp: 'ordered_at',
    }),
  };
  const filled = async () => {
    const world = await materializeWorld([version]);
    await world.deps.objects.put(dataKeys.raw('shop', 'crm.duckdb'), await readFile(file));
    return world;
  };

  it('is brought online, again each time: no mark tells what of it came late', async () => {
    const world = await filled();
    await world.run({}, { databases } as never);
    expect([await world.amount('007'), await world.amount('010')]).toEqual([10.5, 99]);
    expect((await world.run({ startedAt: '2026-03-03T00:00:00Z' }, { databases } as never)).done.rows).toBe(2);
  });

  it('is joined to an entity table', async () => {
    const { deps, put } = await filled();
    await put('labels.csv', 'customer_id,event_timestamp\n007,2026-02-01T00:00:00Z\n007,2026-02-20T00:00:00Z\n');
    const features = { features: ['buying'], entities: { path: 'labels.csv' } };
    const request = HistoricalRequest.parse({ project: 'shop', ...features });
    const manifest = await buildHistorical({ ...deps, databases }, request);
    expect(manifest.inputs.files.map(({ path }) => path)).toEqual(['labels.csv', 'orders.duckdb']);
    const joined = await deps.engine.open(async (tables) => {
      await viewDataset(deps.objects, tables, { name: 'joined', manifest });
      return tables.rows('SELECT amount FROM joined');
    });
    expect(joined.map(({ amount }) => amount)).toEqual([1, 10.5]);
  });
});

describe('a DuckDB file as a source', () => {
  it('is ingested: a query with its times bound, the same rows as the same data set', async () => {
    const query =
      'SELECT customer_id, ordered_at, amount FROM sales.orders WHERE ordered_at >= $start AND ordered_at < $end';
    const sources = {
      people: { path: 'people.csv', key: 'customer_id' },
      orders: { database: { kind: 'duckdb', file: 'crm.duckdb', query }, key: 'customer_id', timestamp: 'ordered_at' },
    };
    const world = await dataWorld(shopProject({ sources }), shopFiles);
    await world.put({ 'people.csv': people });
    await world.deps.objects.put(dataKeys.raw('shop', 'crm.duckdb'), await readFile(file));
    const deps = { ...world.deps, databases };
    const made = await ingest(deps, step);
    const manifest = (await world.deps.catalog.find('shop', 'ingested', made.datasetId))!;
    expect((await world.rows(manifest)).map(({ customer_id, total }) => [customer_id, total])).toEqual([
      ['002', null],
      ['007', 10.5],
      ['010', 99],
    ]);
    expect(manifest.inputs.files.map(({ path }) => path)).toEqual(['people.csv', 'orders.duckdb']);
    expect((await ingest(deps, step)).datasetId).toBe(made.datasetId);
    await expect(ingest(world.deps, step)).rejects.toMatchObject({ code: 'SOURCE_INVALID' });
  });

  it('gives the same bytes for the same rows, whatever their order', async () => {
    const table = await copy({ kind: 'duckdb', table: 'sales.orders' });
    const turned = await copy({ kind: 'duckdb', query: 'SELECT * FROM sales.orders ORDER BY amount DESC' });
    expect(turned.equals(table)).toBe(true);
  });

  it.each([
    ['writes nothing', 'CREATE TABLE sales.mine AS SELECT 1', 'SQL_INVALID'],
    ['is one statement', 'SELECT 1; SELECT 2', 'SQL_INVALID'],
    ['reads no other file', "SELECT * FROM read_text('/etc/hostname')", 'SQL_INVALID'],
    ['knows its parameters', 'SELECT * FROM sales.orders WHERE ordered_at > $since', 'SQL_INVALID'],
    ['names what there is', 'SELECT * FROM sales.ordres', 'SQL_INVALID'],
  ])('%s', async (_, query, code) => {
    await expect(copy({ kind: 'duckdb', query })).rejects.toMatchObject({ code });
  });

  it('that is none is refused', async () => {
    await expect(copy({ kind: 'duckdb', table: 't' }, join(folder, 'none.duckdb'))).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
    });
  });
});

describe('another database', () => {
  it.each(['postgres', 'mysql', 'sqlite'])('%s needs its extension, and says where to put it', async (kind) => {
    const database = {
      kind,
      table: 'orders',
      ...(kind === 'sqlite' ? { file: 'x' } : { secret: 'mlops/sources/crm' }),
    };
    await expect(copy(database, kind === 'sqlite' ? file : undefined)).rejects.toMatchObject({
      code: 'EXTENSION_MISSING',
      message: expect.stringContaining(`${kind}_scanner`),
      details: { source: 'orders', path: expect.stringMatching(new RegExp(`${kind}_scanner\\.duckdb_extension$`)) },
    });
  });
});

describe('the secret of a database', () => {
  const asked = (secret: string) => ({
    source: 'orders',
    database: { kind: 'postgres', secret, table: 'orders' } satisfies Database,
  });
  const read = async (name: string) => secrets[name];

  it('becomes options in which no value can end its quotes', async () => {
    expect(await secretOptions(read, asked('mlops/sources/crm'))).toBe(
      "TYPE postgres, HOST '127.0.0.1', PORT '1', USER 'me', PASSWORD 'it''s', DATABASE 'crm'",
    );
  });

  it.each([
    ['is missed by its name', 'mlops/sources/none', 'does not exist'],
    ['must be JSON', 'mlops/sources/words', 'is no JSON object'],
  ])('%s', async (_, name, words) => {
    await expect(secretOptions(read, asked(name))).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringContaining(words),
      details: { secret: name },
    });
  });
});
