import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { ingest } from '#core/features/index.ts';
import { dataWorld, filledWorld, orders, shopFiles, shopProject, step, type World } from './data-world.ts';

const manifestOf = async ({ deps }: World, datasetId: string): Promise<DatasetManifest> =>
  (await deps.catalog.find('shop', 'ingested', datasetId))!;
const hashOf = async (world: World): Promise<string> =>
  (await manifestOf(world, (await ingest(world.deps, step)).datasetId)).files[0]!.sha256;

/** The same world, with the paths that are downloaded from now on. */
const watched = (world: World): { world: World; downloads: string[] } => {
  const downloads: string[] = [];
  const objects = {
    ...world.deps.objects,
    download: (key: string, file: string) => {
      downloads.push(key.slice(dataKeys.raw('shop').length));
      return world.deps.objects.download(key, file);
    },
  };
  return { world: { ...world, deps: { ...world.deps, objects } }, downloads };
};

describe('ingesting a day again', () => {
  it('copies no file when nothing changed', async () => {
    const { world, downloads } = watched(await filledWorld());
    const first = await ingest(world.deps, step);
    expect(downloads.sort()).toEqual(['orders/1.csv', 'orders/2.csv', 'people.csv']);
    downloads.length = 0;
    expect(await ingest(world.deps, step)).toEqual(first);
    expect(downloads).toEqual([]);
  });

  it('takes a late file in, and looks at no other to know it', async () => {
    const { world, downloads } = watched(await filledWorld());
    const first = await ingest(world.deps, step);
    await world.put({ 'orders/late.csv': 'customer_id,ordered_at,amount\n002,2026-02-22,7\n' });
    downloads.length = 0;
    const second = await ingest(world.deps, step);
    expect(second.datasetId).not.toBe(first.datasetId);
    // The others are copied once, to be read.
    expect(downloads.sort()).toEqual(['orders/1.csv', 'orders/2.csv', 'orders/late.csv', 'people.csv']);
    expect((await world.rows(await manifestOf(world, second.datasetId)))[0]).toMatchObject({
      customer_id: '002',
      total: 7,
    });
  });

  it('answers the first data set when a replaced file is as it was', async () => {
    const world = await filledWorld();
    const first = await ingest(world.deps, step);
    await world.put({ 'orders/2.csv': 'customer_id,ordered_at,amount\n010,2026-03-01,2\n' });
    const changed = await ingest(world.deps, step);
    await world.put(orders);
    expect([changed.datasetId === first.datasetId, await ingest(world.deps, step)]).toEqual([false, first]);
  });

  it('is the same data set with a file uploaded twice under two names', async () => {
    const world = await filledWorld();
    const first = await ingest(world.deps, step);
    await world.put({ 'orders/9-copy.csv': orders['orders/2.csv'] });
    expect(await ingest(world.deps, step)).toEqual(first);
  });

  it('says so when a file is replaced while it is read', async () => {
    const world = await filledWorld();
    await ingest(world.deps, step);
    const objects = {
      ...world.deps.objects,
      download: async (key: string, file: string) => {
        if (key.endsWith('people.csv')) await world.put({ 'people.csv': 'customer_id,age,city,left_us\n1,2,x,0\n' });
        return world.deps.objects.download(key, file);
      },
    };
    const request = { ...step, end: '2026-03-01T00:00:00Z' };
    await expect(ingest({ ...world.deps, objects }, request)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('people.csv was replaced'),
    });
  });
});

const cell = fc.oneof(
  fc.integer({ min: -99, max: 99 }).map(String),
  fc.constantFrom('', '1.5', '007', 'x', '"a, b"', '2026-01-02', '2026-01-02 03:04:05', '2026-01-02T03:04:05Z', 'true'),
);
const columns = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 12 });

describe('the bytes of a data set', () => {
  it('do not depend on how rows lie in files, nor on their order', async () => {
    const project = shopProject({ sources: { things: { path: 'things/', key: 'customer_id' } } });
    const files = { ...shopFiles, 'dataset.sql': 'SELECT * FROM things' };
    await fc.assert(
      fc.asyncProperty(columns, fc.infiniteStream(fc.nat()), async (values, random) => {
        // Every row is another one: files with the same content would count once.
        const rows = values.map(([a, b], i) => `c${i},${a},${b}`);
        const shuffled = rows.map((row) => [random.next().value, row] as const).sort(([a], [b]) => a - b);
        const split: Record<string, string> = {};
        for (const [place, row] of shuffled) {
          const path = `things/${'abc'[place % 3]}.csv`;
          split[path] = `${split[path] ?? 'customer_id,a,b\n'}${row}\n`;
        }
        const whole = await dataWorld(project, files);
        await whole.put({ 'things/all.csv': `customer_id,a,b\n${rows.join('\n')}\n` });
        const parts = await dataWorld(project, files);
        await parts.put(split);
        expect(await hashOf(parts)).toBe(await hashOf(whole));
        expect(await hashOf(parts)).toBe(await hashOf(whole));
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
