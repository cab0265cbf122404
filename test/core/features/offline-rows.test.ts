import { describe, expect, it } from '@jest/globals';
import { dataKeys } from '#contracts/datasets.ts';
import { FeatureViewVersion } from '#contracts/features.ts';
import { buildFeatures, ingest, type Row, viewRows } from '#core/features/index.ts';
import { dataWorld, filledWorld, startedAt, step, type World } from './data-world.ts';

const viewVersion = (changes: object, source?: object): FeatureViewVersion =>
  FeatureViewVersion.parse({
    kind: 'view',
    project: 'shop',
    name: 'visits',
    version: 1,
    contentSha256: 'a'.repeat(64),
    createdAt: startedAt,
    createdBy: 'test',
    view: {
      name: 'visits',
      entity: 'customer',
      features: [{ name: 'pages', type: 'integer' }],
      ...(source ? { source: 'visits' } : {}),
      ...changes,
    },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    ...(source ? { source } : {}),
  });
const csv = { path: 'visits.csv', timestamp: 'at', created: 'seen' };
const rowsOf = (world: World, version: FeatureViewVersion, range: { from?: Date; to?: Date } = {}): Promise<Row[]> =>
  world.deps.engine.open(async (tables) => {
    await viewRows(world.deps, tables, { version, name: 'visits rows', ...range });
    return tables.rows('FROM "visits rows" ORDER BY ALL');
  });
const withVisits = async (text: string): Promise<World> => {
  const world = await dataWorld();
  await world.put({ 'visits.csv': text });
  return world;
};

describe('offline rows of a view with a source', () => {
  it('have keys as text, both times in UTC, features in their declared types', async () => {
    const world = await withVisits(
      'customer_id,at,seen,pages,ratio,is_new,plan,last\n' +
        '007,2026-01-02T01:00:00+01:00,2026-01-03T00:00:00Z,3,0.5,true,01,2026-01-01 00:00:00\n' +
        '008,2026-01-02T00:00:00Z,,,,no,,\n',
    );
    const features = [
      { name: 'pages', type: 'integer' },
      { name: 'ratio', type: 'number' },
      { name: 'is_new', type: 'boolean' },
      { name: 'plan', type: 'string' },
      { name: 'last', type: 'timestamp' },
    ];
    expect(await rowsOf(world, viewVersion({ features }, csv))).toEqual([
      {
        customer_id: '007',
        event_timestamp: '2026-01-02 00:00:00',
        created_timestamp: '2026-01-03 00:00:00',
        pages: 3,
        ratio: 0.5,
        is_new: true,
        plan: '01',
        last: '2026-01-01 00:00:00',
      },
      {
        customer_id: '008',
        event_timestamp: '2026-01-02 00:00:00',
        created_timestamp: '2026-01-02 00:00:00',
        pages: null,
        ratio: null,
        is_new: false,
        plan: null,
        last: null,
      },
    ]);
  });

  it('leave out rows without a key or a time, and those outside the range, whose ends belong to it', async () => {
    const world = await withVisits(
      'customer_id,at,seen,pages\na,2026-01-01,,1\na,2026-01-02,,2\na,2026-01-03,,3\n,2026-01-02,,4\n" ",2026-01-02,,5\na,,,6\n',
    );
    const range = { from: new Date('2026-01-01'), to: new Date('2026-01-02') };
    expect((await rowsOf(world, viewVersion({}, csv), range)).map(({ pages }) => pages)).toEqual([1, 2]);
    expect((await rowsOf(world, viewVersion({}, csv))).map(({ pages }) => pages)).toEqual([1, 2, 3]);
  });

  it('refuse a text time without a zone', async () => {
    const world = await withVisits('customer_id,at,seen,pages\na,2026-01-02T00:00:00Z,,1\nb,2026-01-02 00:00:00,,2\n');
    await expect(rowsOf(world, viewVersion({}, csv))).rejects.toMatchObject({
      code: 'TIMESTAMP_WITHOUT_ZONE',
      details: { column: 'at', value: '2026-01-02 00:00:00' },
    });
  });

  it.each([
    ['pages as a fraction', 'customer_id,at,seen,pages\na,2026-01-02,,1.5\n', 'DOUBLE'],
    ['pages as a word', 'customer_id,at,seen,pages\na,2026-01-02,,many\n', 'VARCHAR'],
    ['a time that is none', 'customer_id,at,seen,pages\na,soon,,1\n', 'VARCHAR'],
    ['a time that is a number', 'customer_id,at,seen,pages\na,17,,1\n', 'BIGINT'],
  ])('refuse %s', async (_, text, seen) => {
    const world = await withVisits(text);
    await expect(rowsOf(world, viewVersion({}, csv))).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      details: { seen },
    });
  });

  it('refuse a source without the feature, with the name that was probably meant', async () => {
    const world = await withVisits('customer_id,at,seen,page\na,2026-01-02,,1\n');
    await expect(rowsOf(world, viewVersion({}, csv))).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
      message: expect.stringContaining('did you mean "page"'),
    });
  });

  it('refuse a source that names no timestamp', async () => {
    const world = await withVisits('customer_id,at,seen,pages\na,2026-01-02,,1\n');
    await expect(rowsOf(world, viewVersion({}, { path: 'visits.csv' }))).rejects.toMatchObject({
      code: 'PROJECT_INVALID',
    });
  });

  it('have the pushed rows beside them', async () => {
    const world = await withVisits('customer_id,at,seen,pages\na,2026-01-02,,1\n');
    const pushed = { customer_id: 'a', event_timestamp: '2026-01-05T00:00:00.250Z', pages: 9, last: 1.5 };
    const created = { created_timestamp: '2026-01-06T00:00:00.000Z', last: '1970-01-01T00:00:02Z' };
    const lines = [pushed, { ...pushed, ...created }].map((row) => JSON.stringify(row)).join('\n');
    await world.deps.objects.put(dataKeys.pushed('shop', 'visits', 'x.json'), lines);
    expect(await rowsOf(world, viewVersion({}, csv))).toEqual([
      expect.objectContaining({ event_timestamp: '2026-01-02 00:00:00', pages: 1 }),
      expect.objectContaining({ created_timestamp: '2026-01-05 00:00:00.25', pages: 9 }),
      expect.objectContaining({ created_timestamp: '2026-01-06 00:00:00', pages: 9 }),
    ]);
    const alone = viewVersion({ features: [{ name: 'last', type: 'timestamp' }] });
    expect((await rowsOf(world, alone)).map(({ last }) => last)).toEqual([
      '1970-01-01 00:00:01.5',
      '1970-01-01 00:00:02',
    ]);
  });

  it('share the source between views that read it alike', async () => {
    const world = await withVisits('customer_id,at,seen,pages\na,2026-01-02,,1\n');
    const rows = await world.deps.engine.open(async (tables) => {
      await viewRows(world.deps, tables, { version: viewVersion({}, csv), name: 'one' });
      await viewRows(world.deps, tables, { version: viewVersion({ name: 'again' }, csv), name: 'two' });
      return tables.rows('FROM one UNION ALL FROM two');
    });
    expect(rows).toHaveLength(2);
  });
});

describe('offline rows of a view without a source', () => {
  const profile = {
    name: 'profile',
    features: [
      { name: 'age', type: 'integer' },
      { name: 'is_older', type: 'boolean' },
      { name: 'city', type: 'string' },
      { name: 'unknown', type: 'number' },
    ],
  };
  const build = async (world: World, end: string) => {
    const { datasetId } = await ingest(world.deps, { ...step, startedAt: end });
    await buildFeatures(world.deps, { project: 'shop', projectVersion: 1, datasetId, end });
  };

  it('are those of every features data set, known since it was made', async () => {
    const world = await filledWorld();
    await build(world, startedAt);
    await build(world, '2026-03-03T02:00:00.000Z');
    const rows = await rowsOf(world, viewVersion(profile));
    expect(rows).toHaveLength(6);
    expect(rows.filter(({ customer_id }) => customer_id === '010')).toEqual(
      ['2026-03-02 02:00:00', '2026-03-03 02:00:00'].map((event_timestamp) => ({
        customer_id: '010',
        event_timestamp,
        created_timestamp: '2026-03-02 02:00:05',
        age: 52,
        is_older: true,
        city: 'OSLO',
        unknown: null,
      })),
    );
    const newest = await rowsOf(world, viewVersion(profile), { from: new Date('2026-03-02T02:00:01Z') });
    expect(newest).toHaveLength(3);
  });

  it('are none before anybody gave one', async () => {
    expect(await rowsOf(await filledWorld(), viewVersion(profile))).toEqual([]);
  });
});
