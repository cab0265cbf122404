import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { Source } from '#contracts/sources.ts';
import { loadSource, type Row } from '#core/features/index.ts';
import { type Files, readSource as read } from './read-source.ts';

const rowsOf = async (source: object, files: Files): Promise<Row[]> => (await read(source, files)).rows;
const typesOf = async (source: object, files: Files): Promise<Record<string, string>> =>
  Object.fromEntries((await read(source, files)).columns.map(({ name, type }) => [name, type]));

const cities = 'id,city\n1,Zürich\n2,Genève\n';
const cityRows = [
  { id: 1, city: 'Zürich' },
  { id: 2, city: 'Genève' },
];
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

describe('a CSV source', () => {
  it.each([
    ['utf-8', {}, Buffer.from(cities)],
    ['utf-8 with a mark', {}, Buffer.from(`\ufeff${cities}`)],
    ['latin-1', { encoding: 'latin-1' }, Buffer.from(cities, 'latin1')],
    ['windows-1252', { encoding: 'windows-1252' }, Buffer.from(cities, 'latin1')],
    ['utf-16', { encoding: 'utf-16' }, utf16(cities)],
    ['utf-16 without a mark', { encoding: 'utf-16' }, Buffer.from(cities, 'utf16le')],
    ['utf-16, big endian', { encoding: 'utf-16' }, utf16(cities).swap16()],
  ])('may be %s', async (_, source, body) => {
    expect(await rowsOf({ path: 'c.csv', ...source }, { 'c.csv': body })).toEqual(cityRows);
  });

  it('knows what Windows-1252 has beyond Latin-1', async () => {
    const files = { 'c.csv': Buffer.from([...Buffer.from('id,price\n1,5 '), 0x80, 0x0a]) };
    expect(await rowsOf({ path: 'c.csv', encoding: 'windows-1252' }, files)).toEqual([{ id: 1, price: '5 €' }]);
  });

  it('may be packed, by its ending or as it is told', async () => {
    const files = { 'a.csv.gz': gzipSync(cities), 'b.csv.zst': zstdCompressSync(cities), 'c.csv': gzipSync(cities) };
    expect(await rowsOf({ path: 'a.csv.gz' }, files)).toEqual(cityRows);
    expect(await rowsOf({ path: 'b.csv.zst' }, files)).toEqual(cityRows);
    expect(await rowsOf({ path: 'c.csv', compression: 'gzip' }, files)).toEqual(cityRows);
  });

  it('has the delimiter, quote and escape that it says', async () => {
    const files = { 'a.csv': "id~name\n1~'It\\'s ~ here'\n" };
    const csv = { delimiter: '~', quote: "'", escape: '\\' };
    expect(await rowsOf({ path: 'a.csv', csv }, files)).toEqual([{ id: 1, name: "It's ~ here" }]);
    expect(await rowsOf({ path: 'a.csv', csv: { delimiter: '~', quote: '' } }, { 'a.csv': 'id~n\n1~"x\n' })).toEqual([
      { id: 1, n: '"x' },
    ]);
  });

  it('may do without a header', async () => {
    const source = { path: 'a.csv', csv: { header: false }, columns: ['id', 'city'] };
    expect(await rowsOf(source, { 'a.csv': '1,Bern\n2,Oslo\n' })).toEqual([
      { id: 1, city: 'Bern' },
      { id: 2, city: 'Oslo' },
    ]);
    await expect(read(source, { 'a.csv': '1,Bern,9\n' })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringContaining('it has 3 columns, and `columns` names 2'),
    });
    expect(Source.safeParse({ path: 'a.csv', csv: { header: false } }).success).toBe(false);
  });

  it('has no value where a text says so', async () => {
    const source = { path: 'a.csv', csv: { nullTexts: ['N/A', '-'] } };
    expect(await rowsOf(source, { 'a.csv': 'id,n\n1,5\n2,N/A\n3,-\n4,\n' })).toEqual([
      { id: 1, n: 5 },
      { id: 2, n: null },
      { id: 3, n: null },
      { id: 4, n: null },
    ]);
  });
});

describe('types of a CSV source', () => {
  it('are found by every value of every file', async () => {
    const files = {
      'a/1.csv': 'i,d,day,t,s,e\n1,1,2026-01-01,2026-01-01,5,\n',
      'a/2.csv': 'i,d,day,t,s,e\n2,1.5,2026-02-01,2026-01-01 10:00:00,five,\n',
    };
    expect(await typesOf({ path: 'a/' }, files)).toEqual({
      i: 'BIGINT',
      d: 'DOUBLE',
      day: 'DATE',
      t: 'TIMESTAMP',
      s: 'VARCHAR',
      e: 'VARCHAR',
    });
  });

  it('take times without a zone as UTC, and count an offset in', async () => {
    const zoned = await rowsOf({ path: 'a.csv' }, { 'a.csv': 't\n2026-01-01T10:00:00+02:00\n2026-01-01T10:00:00Z\n' });
    expect(zoned.map(({ t }) => t)).toEqual(['2026-01-01 08:00:00', '2026-01-01 10:00:00']);
    const plain = await rowsOf({ path: 'a.csv' }, { 'a.csv': 't\n2026-01-01 10:00:00\n' });
    expect(plain).toEqual([{ t: '2026-01-01 10:00:00' }]);
    // Half of each: nobody knows what the others mean.
    expect(await typesOf({ path: 'a.csv' }, { 'a.csv': 't\n2026-01-01T10:00:00Z\n2026-01-01 10:00:00\n' })).toEqual({
      t: 'VARCHAR',
    });
  });

  it('never guess the order of day and month', async () => {
    const files = { 'a.csv': 'day,t\n01/02/2026,01/02/2026 10:30\n' };
    expect(await typesOf({ path: 'a.csv' }, files)).toEqual({ day: 'VARCHAR', t: 'VARCHAR' });
    const csv = { dateFormat: '%d/%m/%Y', timestampFormat: '%d/%m/%Y %H:%M' };
    expect(await rowsOf({ path: 'a.csv', csv }, files)).toEqual([{ day: '2026-02-01', t: '2026-02-01 10:30:00' }]);
  });

  const late = (first: string, last: string) => `id,v\n${`1,${first}\n`.repeat(1_500)}2,${last}\n`;

  it.each([
    ['a fraction', late('5', '1.5'), 'DOUBLE'],
    ['a word', late('5', 'five'), 'VARCHAR'],
    ['a zone', late('2026-01-01 10:00:00', '2026-01-01T10:00:00Z'), 'VARCHAR'],
    ['a time among days', late('2026-01-01', '2026-01-01 10:00:00'), 'TIMESTAMP'],
    ['the first number', late('', '7'), 'BIGINT'],
    ['the first word', late('', 'seven'), 'VARCHAR'],
  ])('do not depend on the first rows: %s comes late', async (_, body, type) => {
    const { columns, rows } = await read({ path: 'a.csv' }, { 'a.csv': body });
    expect(columns).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'v', type },
    ]);
    expect(rows).toHaveLength(1_501);
  });

  it('are found while a file is read: nothing is copied when its rows are alike', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'alike-'));
    const local = join(folder, 'a.csv');
    await writeFile(local, late('2026-01-01', '2026-01-02'));
    const statements: string[] = [];
    const source = Source.parse({ path: 'a.csv', key: 'id' });
    const named = { project: 'shop', name: 'things', source, table: 'things', textColumns: ['id'] };
    await duckDbEngine({ files: [local] }).open((tables) => {
      const run = (sql: string) => {
        statements.push(sql);
        return tables.run(sql);
      };
      return loadSource({ ...tables, run }, { ...named, files: [{ path: 'a.csv', local }] });
    });
    await rm(folder, { recursive: true });
    expect(statements.filter((sql) => sql.startsWith('CREATE'))).toHaveLength(1);
  });

  it('are what the project says', async () => {
    const types = { id: 'string', yes: 'boolean', n: 'number' };
    const files = { 'a.csv': 'id,yes,n\n007,Y,1\n008,false,2\n' };
    expect(await rowsOf({ path: 'a.csv', types }, files)).toEqual([
      { id: '007', yes: true, n: 1 },
      { id: '008', yes: false, n: 2 },
    ]);
    expect((await typesOf({ path: 'a.csv', types }, files)).n).toBe('DOUBLE');
  });

  it('that do not fit stop the run, with the first places', async () => {
    const files = { 'a/1.csv': 'id,n\n1,5\n', 'a/2.csv': 'id,n\n2,6\n3,1.5\n4,x\n' };
    await expect(read({ path: 'a/*.csv', types: { n: 'integer' } }, files)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining(
        '2 values of "n" fit no integer, first a/2.csv row 2 ("1.5"), a/2.csv row 3 ("x")',
      ),
      details: { column: 'n', declared: 'integer', count: 2 },
    });
  });
});

describe('where a source lies', () => {
  it('a folder is everything below it but what tools leave beside data', async () => {
    const files = {
      'a/x.csv': 'id\n1\n',
      'a/b/y.csv': 'id\n2\n',
      'a/_SUCCESS': 'x',
      'a/.y.csv.crc': 'x',
      'ab.csv': 'id\n9\n',
    };
    expect(await rowsOf({ path: 'a/' }, files)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('folders such as dt=2026-01-01 are columns, of CSV and of Parquet', async () => {
    const files = {
      'p/dt=2026-01-01/a.csv': 'id\n1\n',
      'p/dt=2026-01-02/a.csv': 'id\n1\n',
      'p/dt=2026-01-03/a.csv': '',
    };
    const { rows, columns } = await read({ path: 'p/', timestamp: 'dt' }, files);
    expect(rows).toEqual([
      { id: 1, dt: '2026-01-01' },
      { id: 1, dt: '2026-01-02' },
    ]);
    expect(columns[1]).toEqual({ name: 'dt', type: 'DATE' });
    expect(await rowsOf({ path: 'p/**/*.csv', partitioned: false }, files)).toEqual([{ id: 1 }]);
  });

  it('nothing at all is said, with what lies there', async () => {
    await expect(read({ path: 'b/*.csv' }, { 'a/x.csv': 'id\n1\n' })).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: expect.stringContaining('a/x.csv'),
    });
  });

  it('JSON is lines or one array, and takes types too', async () => {
    const files = { 'a.json': '{"id":"007","n":1}\n{"id":"8","n":2.5}\n', 'b.json': '[{"id":7,"n":"5"}]' };
    expect(await rowsOf({ path: 'a.json', format: 'json' }, files)).toEqual([
      { id: '007', n: 1 },
      { id: '8', n: 2.5 },
    ]);
    const types = { id: 'string', n: 'integer' };
    expect(await rowsOf({ path: 'b.json', format: 'json', types }, files)).toEqual([{ id: '7', n: 5 }]);
  });
});

describe('rows and files that are there twice', () => {
  const files = { 'a/1.csv': 'id,n\n1,1\n1,1\n2,2\n', 'a/2.csv': 'id,n\n3,3\n' };

  it('keep their rows, or drop them when told', async () => {
    expect(await rowsOf({ path: 'a/' }, files)).toHaveLength(4);
    expect(await rowsOf({ path: 'a/', duplicates: 'drop' }, files)).toEqual([
      { id: 1, n: 1 },
      { id: 2, n: 2 },
      { id: 3, n: 3 },
    ]);
  });

  it('count a file once, whatever other names it has', async () => {
    const again = { ...files, 'a/again.csv': files['a/2.csv'] };
    expect(await rowsOf({ path: 'a/' }, again)).toEqual(await rowsOf({ path: 'a/' }, files));
  });
});
