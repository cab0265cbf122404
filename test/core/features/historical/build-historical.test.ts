import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { HistoricalRequest } from '#contracts/feature-requests.ts';
import { applyDefinitions, buildHistorical, sizeOfHistorical, startHistorical } from '#core/features/index.ts';
import type { PipelineEngine } from '#core/pipelines/index.ts';
import { dataWorld, shopProject, type World } from '../data-world.ts';

const visits = `customer_id,at,seen,pages,plan
007,2026-01-01,2026-01-01,1,basic
007,2026-01-03,2026-01-06,3,pro
008,2026-01-02,2026-01-02,8,
`;
const entities = `order_id,customer_id,event_timestamp,amount
o1,007,2026-01-04 00:00:00,10
o2,008,2026-01-04 00:00:00,20
o3,007,2026-01-07 00:00:00,30
o4,009,2026-01-04 00:00:00,40
o1,007,2026-01-04 00:00:00,10
`;
const project = shopProject({
  sources: {
    people: { path: 'people.csv', key: 'customer_id' },
    visits: { path: 'visits.csv', timestamp: 'at', created: 'seen' },
  },
  featureViews: [
    { name: 'profile', entity: 'customer', features: [{ name: 'age', type: 'number' }] },
    {
      name: 'visits',
      entity: 'customer',
      source: 'visits',
      ttlDays: 30,
      features: [
        { name: 'pages', type: 'integer' },
        { name: 'plan', type: 'string' },
      ],
    },
  ],
  onDemandViews: [
    {
      name: 'order',
      requestFields: [{ name: 'amount', type: 'number' }],
      features: [
        { name: 'each', type: 'number', sql: 'amount / pages' },
        { name: 'is_dear', type: 'boolean', sql: 'each > 5' },
      ],
    },
  ],
});

const started: unknown[] = [];
const pipelines: PipelineEngine = {
  start: async (...call) => void started.push(call),
  describe: async () => undefined,
  history: async () => [],
};

const definitions = memoryFeatureCatalog();
let world: World;
const deps = () => ({ ...world.deps, definitions });
const ask = (changes: object = {}) =>
  HistoricalRequest.parse({ project: 'shop', features: ['visits'], entities: { path: 'orders.csv' }, ...changes });
const rows = async (changes: object = {}) => world.rows(await buildHistorical(deps(), ask(changes)));

beforeEach(async () => {
  world = await dataWorld(project);
  await applyDefinitions({ ...world.deps, catalog: definitions }, world.project);
  await world.put({ 'visits.csv': visits, 'orders.csv': entities });
  started.length = 0;
});

describe('buildHistorical', () => {
  it('joins the features as they were, every entity row once and in order', async () => {
    expect((await rows()).map(({ order_id, pages, plan }) => [order_id, pages, plan])).toEqual([
      ['o1', 3, 'pro'],
      ['o2', 8, null],
      ['o3', 3, 'pro'],
      ['o4', null, null],
      ['o1', 3, 'pro'],
    ]);
  });

  it('uses as known at only what was known then', async () => {
    expect((await rows({ asKnownAt: true })).map(({ pages }) => pages)).toEqual([1, 8, 3, null, 1]);
  });

  it('computes on-demand features from the row and from stored features that nobody asked to see', async () => {
    const found = await rows({ features: ['order'] });
    expect(found.map(({ each, is_dear: isDear }) => [each, isDear])).toEqual([
      [10 / 3, false],
      [2.5, false],
      [10, true],
      [null, null],
      [10 / 3, false],
    ]);
    expect(Object.keys(found[0] ?? {})).toEqual([
      'order_id',
      'customer_id',
      'event_timestamp',
      'amount',
      'each',
      'is_dear',
    ]);
  });

  it('names features in full where that is asked for', async () => {
    expect(Object.keys((await rows({ fullFeatureNames: true }))[0] ?? {})).toContain('visits__pages');
  });

  it('answers the same data set again, and another one when a source has changed', async () => {
    const first = await buildHistorical(deps(), ask());
    expect(first).toMatchObject({ kind: 'historical', rowCount: 5, producer: { step: 'historical' } });
    expect(first.inputs.files.map(({ path }) => path).sort()).toEqual(['orders.csv', 'visits.csv']);
    expect((await buildHistorical(deps(), ask())).datasetId).toBe(first.datasetId);
    await world.put({ 'visits.csv': `${visits}009,2026-01-01,,9,\n` });
    expect((await buildHistorical(deps(), ask())).datasetId).not.toBe(first.datasetId);
  });

  it('takes pushed rows into account', async () => {
    const before = await buildHistorical(deps(), ask());
    const pushed = { customer_id: '009', event_timestamp: '2026-01-03T00:00:00Z', pages: 99, plan: null };
    await world.deps.objects.put(dataKeys.pushed('shop', 'visits', 'a.json'), JSON.stringify(pushed));
    const after = await buildHistorical(deps(), ask());
    expect(after.datasetId).not.toBe(before.datasetId);
    expect((await world.rows(after)).map(({ pages }) => pages)).toEqual([3, 8, 3, 99, 3]);
  });

  it('takes a data set for its entity table', async () => {
    const { datasetId } = await buildHistorical(deps(), ask());
    const again = await rows({ entities: { datasetId }, fullFeatureNames: true });
    expect(again.map((row) => [row.pages, row.visits__pages])).toEqual([
      [3, 3],
      [8, 8],
      [3, 3],
      [null, null],
      [3, 3],
    ]);
  });

  it.each([
    ['a key that is not there', 'order_id,event_timestamp\no1,2026-01-04\n', 'COLUMN_MISSING'],
    ['a time that is not there', 'customer_id,amount\n007,1\n', 'COLUMN_MISSING'],
    ['a time that is none', 'customer_id,event_timestamp\n007,soon\n', 'TYPE_MISMATCH'],
    [
      'some times without a zone',
      'customer_id,event_timestamp\n007,2026-01-04T10:00:00Z\n007,2026-01-04 10:00:00\n',
      'TIMESTAMP_WITHOUT_ZONE',
    ],
    ['no row', 'customer_id,event_timestamp\n', 'SOURCE_EMPTY'],
    ['a column called as a feature', 'customer_id,event_timestamp,pages\n007,2026-01-04,1\n', 'FEATURE_NAMES_CLASH'],
    ['a column of the join itself', 'customer_id,event_timestamp,#row\n007,2026-01-04,1\n', 'INVALID_REQUEST'],
  ])('refuses an entity table with %s', async (_, text, code) => {
    await world.put({ 'orders.csv': text });
    await expect(buildHistorical(deps(), ask())).rejects.toMatchObject({ code });
  });
});

describe('startHistorical', () => {
  const start = (changes: object = {}) =>
    startHistorical(
      {
        definitions,
        datasets: world.deps.catalog,
        pipelines,
        ids: { ulid: () => '01', hex32: () => '' },
      },
      ask(changes),
    );

  it('starts the historical pipeline with the request', async () => {
    expect(await start()).toEqual({ runId: 'historical.01' });
    expect(started).toEqual([['historical', '01', ask()]]);
  });

  it.each([
    [{ features: ['visit'] }, 'VIEW_NOT_FOUND'],
    [{ features: ['visits:page'] }, 'FEATURE_NOT_FOUND'],
    [{ features: undefined, featureService: 'nobody' }, 'SERVICE_NOT_FOUND'],
    [{ entities: { datasetId: 'f'.repeat(32) } }, 'DATASET_NOT_FOUND'],
    [{ entities: { path: '../other' } }, 'INVALID_REQUEST'],
  ])('refuses %j at once', async (changes, code) => {
    await expect(start(changes)).rejects.toMatchObject({ code });
    expect(started).toEqual([]);
  });
});

it('goes by what there is to read', async () => {
  const size = (fargateFromBytes: number) => sizeOfHistorical({ ...deps(), limits: { fargateFromBytes } }, ask());
  const bytes = visits.length + entities.length;
  expect(await size(bytes + 1)).toMatchObject({ rung: 'lambda', bytes });
  expect(await size(bytes)).toMatchObject({ rung: 'fargate' });
});
