import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeSize, ingest, sizeOf, unpackedBytes } from '#core/features/index.ts';
import { filledWorld, orders, people, shopProject, step } from './data-world.ts';

const limits = { fargateFromBytes: 1_000, athenaFromBytes: 100_000 };
const auto = (bytes: number) => computeSize({ bytes, compute: 'auto', limits });

describe('computeSize', () => {
  it.each([
    [0, 'lambda', '0 bytes to read, less than 1 KB'],
    [999, 'lambda', '999 bytes to read, less than 1 KB'],
    [1_000, 'fargate', '1 KB to read, 1 KB or more'],
    [99_999, 'fargate', '100 KB to read, 1 KB or more'],
    [100_000, 'athena', '100 KB to read, 100 KB or more'],
  ] as const)('of %d bytes is %s', (bytes, rung, reason) => {
    expect(auto(bytes)).toEqual({ rung, bytes, reason });
  });

  it('never goes down as the bytes grow, and never to Athena where there is none', () => {
    const rungs = ['lambda', 'fargate', 'athena'];
    const sizes = fc.array(fc.nat(1e9), { minLength: 2 });
    const property = fc.property(sizes, (some) => {
      const climbed = some.toSorted((a, b) => a - b).map((bytes) => rungs.indexOf(auto(bytes).rung));
      expect(climbed).toEqual(climbed.toSorted());
      const here = { fargateFromBytes: limits.fargateFromBytes };
      for (const bytes of some) expect(computeSize({ bytes, compute: 'auto', limits: here }).rung).not.toBe('athena');
    });
    fc.assert(property);
  });

  it('is what the project asks for, whatever there is to read', () => {
    for (const compute of ['lambda', 'fargate', 'athena'] as const)
      expect(computeSize({ bytes: 5, compute, limits })).toEqual({
        rung: compute,
        bytes: 5,
        reason: `the project asks for ${compute}`,
      });
  });

  it('says that a stage has no Athena', () => {
    const asked = () => computeSize({ bytes: 5, compute: 'athena', limits: { fargateFromBytes: 1 } });
    expect(asked).toThrow(expect.objectContaining({ code: 'PROJECT_INVALID' }));
    expect(asked).toThrow(/this stage does not have; say auto, lambda or fargate/);
  });
});

it.each([
  ['a/b.csv', 10],
  ['a/b.csv.gz', 60],
  ['a/b.json.zst', 60],
  ['a/b.parquet', 30],
])('%s of 10 bytes is taken for %d', (path, bytes) => expect(unpackedBytes(path, 10)).toBe(bytes));

describe('sizeOf', () => {
  const bytesOf = (texts: Record<string, string>) => Object.values(texts).reduce((sum, text) => sum + text.length, 0);

  it('adds up the files of the sources and no others', async () => {
    const world = await filledWorld();
    await world.put({ 'orders/notes.txt': 'x'.repeat(9_999), 'elsewhere.csv': 'x'.repeat(9_999) });
    const bytes = people.length + bytesOf(orders);
    expect(await sizeOf({ ...world.deps, limits }, { project: 'shop' })).toMatchObject({ rung: 'lambda', bytes });
    await world.put({ 'orders/3.csv': 'x'.repeat(1_000) });
    expect(await sizeOf({ ...world.deps, limits }, { project: 'shop' })).toMatchObject({ rung: 'fargate' });
  });

  it('goes by the manifest once there is a data set, which Athena does not read', async () => {
    const world = await filledWorld(shopProject({ dataset: { sql: 'dataset.sql', compute: 'auto' } }));
    const { datasetId } = await ingest(world.deps, step);
    const manifest = await world.deps.catalog.find('shop', 'ingested', datasetId);
    const bytes = 3 * manifest!.files.reduce((sum, file) => sum + file.bytes, 0);
    const asked = { project: 'shop', datasetId };
    const small = { fargateFromBytes: bytes, athenaFromBytes: bytes };
    expect(await sizeOf({ ...world.deps, limits: small }, asked)).toMatchObject({ rung: 'fargate', bytes });
    const large = { fargateFromBytes: bytes + 1 };
    expect(await sizeOf({ ...world.deps, limits: large }, asked)).toMatchObject({ rung: 'lambda', bytes });
    await world.apply(shopProject({ dataset: { sql: 'dataset.sql', compute: 'athena' } }));
    expect(await sizeOf({ ...world.deps, limits }, asked)).toMatchObject({ rung: 'fargate' });
  });

  it('stays below Athena when a source is one that Athena reads otherwise, and says so when it is asked for', async () => {
    const sources = { people: { path: 'people.csv', encoding: 'latin-1' }, orders: { path: 'orders/*.csv' } };
    const world = await filledWorld(shopProject({ sources }));
    const tiny = { fargateFromBytes: 1, athenaFromBytes: 2 };
    expect(await sizeOf({ ...world.deps, limits: tiny }, { project: 'shop' })).toMatchObject({ rung: 'fargate' });
    await world.apply(shopProject({ sources, dataset: { sql: 'dataset.sql', compute: 'athena' } }));
    const asked = sizeOf({ ...world.deps, limits: tiny }, { project: 'shop' });
    await expect(asked).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
    await expect(asked).rejects.toThrow(/source "people": its encoding is latin-1; say auto, lambda or fargate/);
  });
});
