import { describe, expect, it } from '@jest/globals';
import { projectViewVersion } from '#core/features/catalog/project-definitions.ts';
import { appendOffline, buildFeatures, ingest, trainedFeatures } from '#core/features/index.ts';
import { dataWorld, orders, people, shopFiles, shopProject, step, type World } from './data-world.ts';

const visits = {
  name: 'visits',
  entity: 'customer',
  source: 'visits',
  ttlDays: 10,
  features: [
    { name: 'pages', type: 'integer' },
    { name: 'is_mobile', type: 'boolean' },
    { name: 'last_seen', type: 'timestamp' },
    { name: 'browser', type: 'string' },
  ],
};
const stores = { name: 'stores', entity: 'store', features: [{ name: 'size', type: 'number' }] };
const project = (changes: object = {}) => {
  const plain = JSON.parse(JSON.stringify(shopProject()));
  return shopProject({
    sources: { ...plain.sources, visits: { path: 'visits.csv', timestamp: 'seen_at', created: 'known_at' } },
    entities: [...plain.entities, { name: 'store', joinKey: 'store_id' }],
    featureViews: [...plain.featureViews, { ...visits, ...changes }, stores],
  });
};
const head = 'customer_id,seen_at,known_at,pages,is_mobile,last_seen,browser\n';
const rows = `${head}007,2026-02-27 10:00:00,2026-02-27 11:00:00,3,true,2026-02-27 09:00:00,fire
007,2026-02-28 10:00:00,2026-02-28 11:00:00,5,false,2026-02-28 09:00:00,fox
007,2026-03-02 02:00:01,2026-03-02 02:00:01,99,true,2026-03-02 02:00:01,late
010,2026-02-01 10:00:00,2026-02-01 11:00:00,7,true,2026-02-01 09:00:00,old
`;

const world = async (changes: object = {}, csv = rows) => {
  const made = await dataWorld(project(changes), shopFiles);
  await made.put({ 'people.csv': people, ...orders, 'visits.csv': csv });
  return made;
};
const built = async ({ deps }: World) => {
  const { datasetId, projectVersion, end } = await ingest(deps, step);
  return buildFeatures(deps, { project: 'shop', projectVersion, datasetId, end });
};

describe('features of views with a source of their own', () => {
  it('are joined as of the end, within their ttl, as numbers and text; other entities are left out', async () => {
    const shop = await world();
    const seen = (await shop.rows(await built(shop))).map(({ customer_id, pages, is_mobile, last_seen, browser }) => [
      customer_id,
      pages,
      is_mobile,
      last_seen,
      browser,
    ]);
    expect(seen).toEqual([
      ['002', null, null, null, null],
      ['007', 5, 0, Date.parse('2026-02-28T09:00:00Z') / 1_000, 'fox'],
      // Its only visit is older than ten days.
      ['010', null, null, null, null],
    ]);
    const manifest = (await shop.deps.catalog.latest('shop', 'features'))!;
    const columns = manifest.columns.map(({ name }) => name);
    for (const { name } of trainedFeatures(project())) expect(columns).toContain(name);
    expect(columns).not.toContain('size');
  });

  it('leave the features of the SQL as they are', async () => {
    const [plain, joined] = [await dataWorld(), await world()];
    await plain.put({ 'people.csv': people, ...orders });
    const own = (all: readonly object[]) =>
      all.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !visits.features.some((f) => f.name === name))),
      );
    expect(own(await joined.rows(await built(joined)))).toEqual(await plain.rows(await built(plain)));
  });

  it('hold for ever with a ttl of zero', async () => {
    const shop = await world({ ttlDays: 0 });
    expect((await shop.rows(await built(shop))).map(({ pages }) => pages)).toEqual([null, 5, 7]);
  });

  it('are built again when their files change, or rows were pushed, and only then', async () => {
    const shop = await world();
    const first = await built(shop);
    expect((await built(shop)).createdAt).toBe(first.createdAt);
    expect(first.inputs.files.map(({ path }) => path)).toEqual(['visits.csv']);
    await shop.put({
      'visits.csv': `${rows}002,2026-03-01 10:00:00,2026-03-01 10:00:00,1,true,2026-03-01 09:00:00,new\n`,
    });
    const second = await built(shop);
    expect((await shop.rows(second)).map(({ pages }) => pages)).toEqual([1, 5, null]);
    const version = (await shop.deps.projects.latest('shop'))!;
    const view = projectViewVersion(version, version.project.featureViews.find(({ name }) => name === 'visits')!);
    const event = new Date('2026-03-01T12:00:00Z');
    const values = { pages: 8, is_mobile: null, last_seen: null, browser: null };
    await appendOffline(shop.deps, view, [{ key: { customer_id: '010' }, values, event, created: event }]);
    const third = await built(shop);
    expect(new Set([first, second, third].map(({ datasetId }) => datasetId)).size).toBe(3);
    expect((await shop.rows(third)).map(({ pages }) => pages)).toEqual([1, 5, 8]);
  });
});
