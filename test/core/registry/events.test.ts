import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import {
  deleteAlias,
  deleteModel,
  deleteVersion,
  renameModel,
  setAlias,
  transitionStage,
} from '#core/registry/index.ts';
import { type RegistryWorld, registerTimes, worldOn } from '#test/adapters/registry-world.ts';

const name = 'churn';
const by = 'ann';
let world: RegistryWorld;

beforeEach(async () => {
  world = worldOn(memoryRegistryStore());
  await registerTimes(world, name, 3);
  await transitionStage(world, { name, version: 1, stage: 'Staging', by });
  await transitionStage(world, { name, version: 2, stage: 'Production', by });
  await setAlias(world, { name, alias: 'champion', version: 2, by });
  world.published.length = 0;
});

const stage = (model: string, version: number, from: string, to: string) => ({
  name: 'StageChanged',
  detail: { model, version, from, to, by },
});
const alias = (model: string, version: number | null, from: number | null) => ({
  name: 'AliasChanged',
  detail: { model, alias: 'champion', version, from, by },
});

describe('the events of the registry', () => {
  it('tell that stage and aliases of a deleted version end', async () => {
    await deleteVersion(world, { name, version: 2, by });
    expect(world.published).toEqual([stage(name, 2, 'Production', 'None'), alias(name, null, 2)]);
  });

  it('tell that those of a deleted model end', async () => {
    await deleteModel(world, { name, by });
    const ended = [stage(name, 1, 'Staging', 'None'), stage(name, 2, 'Production', 'None'), alias(name, null, 2)];
    expect(world.published).toEqual(ended);
  });

  it('tell that those of a renamed model end under one name and begin under the other', async () => {
    await renameModel(world, { name, newName: 'other', by });
    expect(world.published).toEqual([
      ...[stage(name, 1, 'Staging', 'None'), stage(name, 2, 'Production', 'None'), alias(name, null, 2)],
      ...[stage('other', 1, 'None', 'Staging'), stage('other', 2, 'None', 'Production'), alias('other', 2, null)],
    ]);
  });

  it('do not make a deletion fail when the bus is away', async () => {
    const events = { publish: () => Promise.reject(new Error('bus is away')) };
    await deleteVersion({ ...world, events }, { name, version: 2, by });
    await deleteModel({ ...world, events }, { name, by });
    expect((await world.registry.findName(name))?.live).toBeUndefined();
  });

  it('tell what this call wrote, though another one went on meanwhile', async () => {
    let isFirst = true;
    const registry = {
      ...world.registry,
      commit: async (step: Parameters<typeof world.registry.commit>[0]) => {
        await world.registry.commit(step);
        if (!isFirst) return;
        isFirst = false;
        await deleteAlias(world, { name, alias: 'champion', by });
      },
    };
    await setAlias({ ...world, registry }, { name, alias: 'champion', version: 3, by });
    expect(world.published).toEqual([alias(name, null, 3), alias(name, 3, 2)]);
  });
});
