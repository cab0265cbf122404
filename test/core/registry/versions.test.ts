import { expect, it } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { deleteVersion, getVersion } from '#core/registry/index.ts';
import { registerTimes, worldOn } from '#test/adapters/registry-world.ts';

it('tells a version that was deleted from one that never was', async () => {
  const world = worldOn(memoryRegistryStore());
  await registerTimes(world, 'iris', 3);
  await deleteVersion(world, { name: 'iris', version: 3, by: 'ann' });
  await expect(getVersion(world, 'iris', 3)).rejects.toMatchObject({
    code: 'VERSION_NOT_FOUND',
    message: 'iris had a version 3, which was deleted; GET /models/{name}/versions lists those that are there',
  });
  for (const version of [0, 4])
    await expect(getVersion(world, 'iris', version)).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: `iris has no version ${version}; its newest is 3`,
    });
});
