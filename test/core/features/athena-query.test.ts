import { describe, expect, it } from '@jest/globals';
import { systemDigest } from '#adapters/system/system.ts';
import { Source } from '#contracts/sources.ts';
import { type AthenaSource, athenaQuery, athenaRefuses, positional } from '#core/features/index.ts';

const rawUri = 's3://data/projects/shop/raw/';
const people: AthenaSource = {
  name: 'people',
  source: Source.parse({ path: 'people.csv', key: 'customer_id' }),
  rawUri,
  columns: [
    { name: 'customer_id', type: 'VARCHAR' },
    { name: 'Age', type: 'BIGINT' },
    { name: 'signed_up', type: 'DATE' },
    { name: 'seen_at', type: 'TIMESTAMP' },
  ],
  folders: [],
};
const orders: AthenaSource = {
  name: 'orders',
  source: Source.parse({ path: 'orders/**/*.parquet', format: 'parquet' }),
  rawUri,
  columns: [
    { name: 'customer_id', type: 'VARCHAR' },
    { name: 'amount', type: 'DECIMAL(18,2)' },
    { name: 'ordered_at', type: 'TIMESTAMP WITH TIME ZONE' },
  ],
  folders: ['dt'],
};
const clicks: AthenaSource = {
  name: 'clicks',
  source: Source.parse({ path: 'clicks/', format: 'json' }),
  rawUri,
  columns: [{ name: 'ok', type: 'BOOLEAN' }],
  folders: [],
};
const where = { database: 'mlops_prod', project: 'shop', digest: systemDigest };
const output = 's3://data/projects/shop/datasets/unloaded/q/e-1/';
const [start, end] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00.5Z')];
const query = (sources: AthenaSource[], sql: string) =>
  athenaQuery({ ...where, sources, sql, parameters: { start, end }, output });
const textsOf = (sources: AthenaSource[], sql = 'SELECT 1') =>
  query(sources, sql).map(({ queryString }) => queryString.replaceAll(/_[0-9a-f]{12}\b/g, '_#'));

describe('athenaQuery', () => {
  it('lays a table of text over CSV, and casts what the SQL sees', () => {
    const [table, unload] = textsOf([people], 'SELECT * FROM people;\n');
    expect(table).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`mlops_prod\`.\`shop_people_#\` (
  \`customer_id\` string,
  \`Age\` string,
  \`signed_up\` string,
  \`seen_at\` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES (
  'separatorChar' = ',',
  'quoteChar' = '"',
  'escapeChar' = '\\\\'
)
STORED AS TEXTFILE
LOCATION 's3://data/projects/shop/raw/'
TBLPROPERTIES ('skip.header.line.count' = '1')`);
    expect(unload).toBe(`UNLOAD (
WITH
"people" AS (
  SELECT
    NULLIF("customer_id", '') AS "customer_id",
    CAST(NULLIF("age", '') AS bigint) AS "Age",
    CAST(NULLIF("signed_up", '') AS date) AS "signed_up",
    CAST(from_iso8601_timestamp(replace(NULLIF("seen_at", ''), ' ', 'T')) AT TIME ZONE 'UTC' AS timestamp(3)) AS "seen_at"
  FROM "mlops_prod"."shop_people_#"
  WHERE regexp_like("$path", '^s3://data/projects/shop/raw/people\\.csv$')
)
SELECT * FROM (
SELECT * FROM people
)
)
TO 's3://data/projects/shop/datasets/unloaded/q/e-1/'
WITH (format = 'PARQUET', compression = 'ZSTD')`);
  });

  it('lays a table with types over Parquet, whose folders are columns', () => {
    const [table, repair, unload] = textsOf([orders]);
    expect(table).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`mlops_prod\`.\`shop_orders_#\` (
  \`customer_id\` string,
  \`amount\` decimal(18,2),
  \`ordered_at\` timestamp
)
PARTITIONED BY (\`dt\` string)
STORED AS PARQUET
LOCATION 's3://data/projects/shop/raw/orders/'`);
    expect(repair).toBe('MSCK REPAIR TABLE `mlops_prod`.`shop_orders_#`');
    expect(unload).toContain(`"orders" AS (
  SELECT
    "customer_id",
    "amount",
    "ordered_at",
    "dt"
  FROM "mlops_prod"."shop_orders_#"
  WHERE regexp_like("$path", '^s3://data/projects/shop/raw/orders/(?:.*/)?[^/]*\\.parquet$')
)`);
  });

  it('reads JSON below a folder', () => {
    const [table, unload] = textsOf([clicks]);
    expect(table).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`mlops_prod\`.\`shop_clicks_#\` (
  \`ok\` string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
LOCATION 's3://data/projects/shop/raw/clicks/'`);
    expect(unload).toContain(`CAST(NULLIF("ok", '') AS boolean) AS "ok"`);
    expect(unload).toContain(`'^s3://data/projects/shop/raw/clicks/.*$'`);
  });

  it('tells a CSV that is written otherwise', () => {
    const source = Source.parse({
      path: 'p/*.csv',
      csv: { delimiter: '\t', quote: "'", header: false },
      columns: ['a'],
    });
    const [table] = textsOf([{ ...people, source }]);
    expect(table).toContain(`'separatorChar' = '\t',\n  'quoteChar' = '''',`);
    expect(table).not.toContain('skip.header');
  });

  it('gives a source that changed a table of its own, and the same one the same', () => {
    const nameOf = (source: AthenaSource) =>
      /`(shop_people_[0-9a-f]{12})`/.exec(query([source], 'SELECT 1')[0]!.queryString)?.[1];
    expect(nameOf(people)).toBe(nameOf({ ...people }));
    expect(nameOf({ ...people, columns: people.columns.slice(1) })).not.toBe(nameOf(people));
  });

  it('binds parameters by the order of their use', () => {
    const sql = 'SELECT * FROM orders WHERE t < $end AND t >= $start AND u < $end -- $start\n';
    const unload = query([orders], sql).at(-1)!;
    expect(unload.queryString).toContain('WHERE t < CAST(? AS timestamp(3)) AND t >= CAST(? AS timestamp(3))');
    expect(unload.parameters).toEqual([
      "'2026-02-01 00:00:00.500'",
      "'2026-01-01 00:00:00.000'",
      "'2026-02-01 00:00:00.500'",
    ]);
  });

  it('names a column that Athena does not read', () => {
    const nested = { ...orders, columns: [{ name: 'items', type: 'STRUCT(a INTEGER)[]' }] };
    expect(() => query([nested], 'SELECT 1')).toThrow(
      /column "items" is of type STRUCT.* say dataset.compute: fargate/,
    );
  });
});

describe('positional', () => {
  it.each([
    `SELECT '$start', "$start" -- $start`,
    `SELECT 'it''s $end' /* $end
 $start */`,
    'SELECT $other',
  ])('leaves %s as it is', (sql) => expect(positional(sql, { start, end })).toEqual({ text: sql, parameters: [] }));
});

describe('athenaRefuses', () => {
  it.each([
    [{ path: 'a.csv', encoding: 'utf-16' }, 'its encoding is utf-16'],
    [{ database: { kind: 'postgres', secret: 'mlops/sources/a', table: 'a' } }, 'it is a database'],
    [{ path: 'a.csv', csv: { dateFormat: '%d.%m.%Y' } }, 'its times have a format of their own'],
    [{ path: 'a.csv', csv: { nullTexts: ['NA'] } }, 'it has texts for "no value"'],
    [{ path: 'a.csv', csv: { delimiter: '||' } }, 'its delimiter is of several characters'],
    [{ path: 'a.csv', duplicates: 'drop' }, 'its duplicates are dropped'],
    [{ path: 'a.csv', csv: { delimiter: ';' } }, undefined],
    [{ path: 'a.parquet', format: 'parquet' }, undefined],
  ])('%j: %s', (source, reason) => expect(athenaRefuses({ source: Source.parse(source) })).toBe(reason));
});
