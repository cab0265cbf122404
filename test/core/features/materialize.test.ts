import { describe, expect, it } from '@jest/globals';
import { onlineKey } from '#contracts/serving.ts';
import { buildFeatures, ingest, materialize } from '#core/features/index.ts';
import { filledWorld, shopFiles, shopProject, step, type World } from './data-world.ts';

const run = async (world: World, end = step.startedAt) => {
  const { datasetId, projectVersion } = await ingest(world.deps, { ...step, end });
  const { datasetId: featuresDatasetId } = await buildFeatures(world.deps, {
    project: 'shop',
    projectVersion,
    datasetId,
    end,
  });
  return materialize(world.deps, { project: 'shop', projectVersion, featuresDatasetId, end });
};
const item = (world: World, id: string) => world.deps.online.get(onlineKey('shop', 'shop', id));

describe('materialize', () => {
  it('writes one item an entity with every online feature; the shortest view decides how long it lives', async () => {
    const world = await filledWorld();
    expect(await run(world)).toEqual({ written: 3, skippedOlder: 0 });
    expect(await item(world, '007')).toEqual({
      pk: 'shop/shop#007',
      features: { age: 31, city: 'BERN', mean_amount: 7.5, is_older: 0 },
      eventTime: '2026-03-02T02:00:00.000Z',
      expiresAt: Date.parse('2026-04-01T02:00:00Z') / 1_000,
    });
    expect((await item(world, '002'))?.features).toEqual({ age: 45, city: null, mean_amount: null, is_older: 1 });
  });

  it('never lets an older run win, and takes the same run twice', async () => {
    const world = await filledWorld();
    await run(world);
    expect(await run(world, '2026-03-01T00:00:00Z')).toEqual({ written: 0, skippedOlder: 3 });
    expect((await item(world, '010'))?.eventTime).toBe('2026-03-02T02:00:00.000Z');
    expect(await run(world)).toEqual({ written: 3, skippedOlder: 0 });
  });

  it('leaves views that are not online out', async () => {
    const views = shopProject().featureViews.map((view) => ({ ...view, online: view.name === 'profile' }));
    const world = await filledWorld(shopProject({ featureViews: views }));
    await run(world);
    expect(await item(world, '007')).toMatchObject({
      features: { age: 31, city: 'BERN' },
      expiresAt: Date.parse('2026-05-31T02:00:00Z') / 1_000,
    });
    const none = await filledWorld(shopProject({ featureViews: views.map((view) => ({ ...view, online: false })) }));
    expect(await run(none)).toEqual({ written: 0, skippedOlder: 0 });
  });

  it('names entities whose keys are numbers as JSON writes the number', async () => {
    const entities = [{ name: 'customer', joinKey: 'customer_id', type: 'number' }];
    const features = (shopFiles['features.sql'] ?? '').replace('customer_id', 'customer_id::INTEGER AS customer_id');
    const world = await filledWorld(shopProject({ entities }), { ...shopFiles, 'features.sql': features });
    await run(world);
    expect((await item(world, '7'))?.features.city).toBe('BERN');
  });
});
