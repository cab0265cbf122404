import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import {
  type Arrival,
  deleteVersion,
  getVersion,
  registerVersion,
  rollbackModel,
  transitionStage,
  verifyHistory,
  versionsBefore,
} from '#core/registry/index.ts';
import { type RegistryWorld, registerTimes, worldOn } from '#test/adapters/registry-world.ts';

const name = 'churn';
const by = 'ann';

const worldWith = async (versions: number): Promise<RegistryWorld> => {
  const world = worldOn(memoryRegistryStore());
  await registerTimes(world, name, versions);
  return world;
};
const promote = (world: RegistryWorld, version: number) =>
  transitionStage(world, { name, version, stage: 'Production', by });
let asked = 0;
const back = async (world: RegistryWorld): Promise<number> =>
  (await rollbackModel(world, { name, reason: `because ${++asked}`, by })).version;

describe('rollbackModel', () => {
  it('never goes back to a version that was itself gone back from', async () => {
    const world = await worldWith(4);
    for (const version of [1, 2]) await promote(world, version);
    expect(await back(world)).toBe(1);
    await promote(world, 3);
    expect(await back(world)).toBe(1);
    await promote(world, 4);
    await promote(world, 2);
    expect(await back(world)).toBe(4);
    expect(await back(world)).toBe(1);
    await expect(back(world)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });

  it('passes over versions that are gone, also those that were gone back to', async () => {
    const world = await worldWith(3);
    for (const version of [1, 2, 3]) await promote(world, version);
    await deleteVersion(world, { name, version: 2, by });
    expect(await back(world)).toBe(1);
  });

  it('is one and the same for a call that is repeated, however late', async () => {
    const world = await worldWith(3);
    for (const version of [1, 2, 3]) await promote(world, version);
    const request = { name, reason: 'errors', by };
    const later = { ...world, clock: { now: () => new Date(1_800_000_000_000) } };
    expect((await rollbackModel(world, request)).version).toBe(2);
    expect((await rollbackModel(later, request)).version).toBe(2);
  });

  it('goes back from what stands there when it writes, not from what stood there when it was asked', async () => {
    const world = await worldWith(3);
    for (const version of [1, 2]) await promote(world, version);
    let isFirst = true;
    const registry = {
      ...world.registry,
      commit: async (step: Parameters<typeof world.registry.commit>[0]) => {
        if (isFirst) {
          isFirst = false;
          await promote(world, 3);
        }
        return world.registry.commit(step);
      },
    };
    expect(await back({ ...world, registry })).toBe(2);
    expect((await getVersion(world, name, 3)).stage).toBe('Archived');
  });

  it('goes to one version though others are archived in steps before', async () => {
    const world = await worldWith(90);
    for (let version = 1; version <= 90; version++)
      await transitionStage(world, { name, version, stage: 'Production', archiveExisting: false, by });
    expect(await back(world)).toBe(89);
    expect((await world.registry.findName(name))?.live?.staged.Production).toEqual([89]);
  });
});

describe('a move that archives many', () => {
  it('never writes a step of more than 4 MB, however much tags the versions have', async () => {
    const world = await worldWith(0);
    const value = 'x'.repeat(95_000);
    const tags = { a: value, b: value, c: value, d: value };
    for (let version = 1; version <= 14; version++) {
      await registerVersion(world, { name, source: 's3://b/m/', by, tags });
      await transitionStage(world, { name, version, stage: 'Production', archiveExisting: false, by });
    }
    const sizes: number[] = [];
    const registry = {
      ...world.registry,
      commit: (step: Parameters<typeof world.registry.commit>[0]) => {
        sizes.push(JSON.stringify(step).length);
        return world.registry.commit(step);
      },
    };
    await transitionStage({ ...world, registry }, { name, version: 14, stage: 'Production', by });
    expect((await world.registry.findName(name))?.live?.staged.Production).toEqual([14]);
    expect(Math.max(...sizes)).toBeLessThan(4_000_000);
    expect(await verifyHistory(world, name)).toMatchObject({ verified: true });
  });
});

const act = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 2, arbitrary: fc.constant('back' as const) },
);

const servingOf = (arrivals: readonly Arrival[]): number => arrivals.at(-1)?.version ?? 0;
const historyOf = (acts: readonly (number | 'back')[]): Arrival[] => {
  const arrivals: Arrival[] = [];
  for (const one of acts) {
    const version = one === 'back' ? versionsBefore(arrivals, servingOf(arrivals))[0] : one;
    if (version !== undefined) arrivals.push({ version, isReturn: one === 'back' });
  }
  return arrivals;
};

describe('versionsBefore', () => {
  it('undoes a promotion: whatever came, promote and go back leads to where one was (law)', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), fc.integer({ min: 6, max: 9 }), (acts, next) => {
        const arrivals = historyOf(acts);
        const serving = servingOf(arrivals);
        const before = serving === 0 ? [] : [serving, ...versionsBefore(arrivals, serving)];
        expect(versionsBefore([...arrivals, { version: next, isReturn: false }], next)).toEqual(before);
      }),
    );
  });
});
