import { describe, expect, it } from '@jest/globals';
import { OnlineRequest } from '#contracts/feature-requests.ts';
import { pushFeatures, readFeatures, readOnline } from '#core/features/index.ts';
import { NOW, type OnlineWorld, onlineWorld, view } from './online-world.ts';

const read = ({ deps }: OnlineWorld, request: object) => readOnline(deps, OnlineRequest.parse(request));

const filled = async (): Promise<OnlineWorld> => {
  const world = await onlineWorld();
  const columns = { user_id: ['U1'], merchant_id: [7], calls: [3], amount: [10], event_timestamp: [NOW] };
  await pushFeatures(world.deps, { pushSource: 'events', to: 'online', columns });
  return world;
};

describe('join keys of a request', () => {
  const spend = (merchant: unknown, user: unknown = 'U1') => ({
    features: ['spend'],
    entities: { user_id: ['U1', user], merchant_id: [7, merchant] },
  });

  it.each(['one', '', 1.5, true])('of numbers are not %j', async (merchant) => {
    await expect(read(await filled(), spend(merchant))).rejects.toMatchObject({
      code: 'FIELD_TYPE_WRONG',
      details: { field: 'merchant_id', row: 2, value: JSON.stringify(merchant) },
    });
  });

  it.each(['', false])('of texts are not %j', async (user) => {
    await expect(read(await filled(), spend(7, user))).rejects.toMatchObject({ code: 'FIELD_TYPE_WRONG' });
  });

  it('name the same however they are written, and nothing where they are missing', async () => {
    const world = await filled();
    expect((await read(world, spend('007'))).columns[0]?.values).toEqual([10, 10]);
    expect((await read(world, spend(null))).columns[0]?.statuses).toEqual(['PRESENT', 'NOT_FOUND']);
  });

  it('are held to their type in a path too', async () => {
    const stores = view('stores', [{ name: 'size', type: 'number' }], { entity: 'merchant' });
    const world = await onlineWorld([stores]);
    const columns = { merchant_id: [7], size: [3], event_timestamp: [NOW] };
    await pushFeatures(world.deps, { pushSource: 'stores', columns, to: 'online' });
    const asking = (entityId: string) => readFeatures(world.deps, { entityId, featureViews: 'stores' });
    await expect(asking('7')).resolves.toMatchObject({ features: { size: 3 } });
    await expect(asking('seven')).rejects.toMatchObject({ code: 'FIELD_TYPE_WRONG' });
  });
});
