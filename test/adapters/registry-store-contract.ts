import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Stage } from '#contracts/registry.ts';
import {
  ensureModel,
  getModel,
  getVersion,
  listChanges,
  listModels,
  listVersions,
  productionVersion,
  type RegistryStore,
  registerVersion,
  transitionStage,
} from '#core/registry/index.ts';
import { freshName, versionOf, type RegistryWorld as World, worldOn } from '#test/adapters/registry-world.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

/** What RegistryStore promises, seen through the verbs that stand on it, whatever keeps it. */
export const registryStoreContract = (what: string, make: () => Promise<RegistryStore>): void =>
  describe(`RegistryStore on ${what}`, () => {
    let world: World;
    beforeAll(async () => {
      world = worldOn(await make());
    }, EMULATOR_START_MS);

    const register = async (name: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await registerVersion(world, versionOf(name));
    };
    const inProduction = async (name: string): Promise<number[]> =>
      (await allPages((page) => listVersions(world, name, page), 10))
        .filter((version) => version.stage === 'Production')
        .map((version) => version.version);

    it('makes a model once', async () => {
      const name = freshName();
      const models = await Promise.all([ensureModel(world, name), ensureModel(world, name)]);
      expect(models[0]).toEqual(models[1]);
    });

    it('registers version 1 of a model nobody made, READY, in no stage, and says so', async () => {
      const name = freshName();
      const version = await registerVersion(world, versionOf(name));
      expect(version).toMatchObject({ name, version: 1, stage: 'None', status: 'READY', userId: 'ann', aliases: [] });
      expect(await getVersion(world, name, 1)).toEqual(version);
      expect(await getModel(world, name)).toMatchObject({ name, lastVersion: 1 });
      expect(world.published.at(-1)).toEqual({
        name: 'VersionRegistered',
        detail: { project: 'churn', model: name, version: 1, runId: 'r1', rollout: false },
      });
    });

    it(
      'numbers concurrent registrations 1..n without gap or double (law)',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(2, 6, 20), async (callers) => {
            const name = freshName();
            const versions = await Promise.all(
              Array.from({ length: callers }, () => registerVersion(world, versionOf(name))),
            );
            const numbers = versions.map((version) => version.version).sort((a, b) => a - b);
            expect(numbers).toEqual(Array.from({ length: callers }, (_, i) => i + 1));
            const stored = await allPages((page) => listVersions(world, name, page), 5);
            expect(stored.map((version) => version.version)).toEqual([...numbers].reverse());
          }),
          { numRuns: 3, examples: [[20]] },
        );
      },
      EMULATOR_START_MS,
    );

    it(
      'answers the same version for the same key, also to callers at once',
      async () => {
        const name = freshName();
        const versions = await Promise.all(
          Array.from({ length: 6 }, () => registerVersion(world, versionOf(name, 'execution-1'))),
        );
        expect(versions.map((version) => version.version)).toEqual([1, 1, 1, 1, 1, 1]);
        expect((await registerVersion(world, versionOf(name, 'execution-2'))).version).toBe(2);
        expect((await getModel(world, name)).lastVersion).toBe(2);
      },
      EMULATOR_START_MS,
    );

    it('archives what stood in Production in the same step, and records who, when, why, from, to', async () => {
      const name = freshName();
      await register(name, 2);
      await transitionStage(world, { name, version: 1, stage: 'Production', by: 'ann', reason: 'first' });
      expect((await productionVersion(world, name))?.version).toBe(1);
      const moved = await transitionStage(world, {
        name,
        version: 2,
        stage: 'Production',
        by: 'bob',
        reason: 'better',
      });
      expect(moved).toMatchObject({ version: 2, stage: 'Production' });
      expect((await getVersion(world, name, 1)).stage).toBe('Archived');
      expect((await productionVersion(world, name))?.version).toBe(2);
      const changes = await allPages((page) => listChanges(world, name, page), 2);
      expect(changes.map(({ version, from, to, by, reason }) => ({ version, from, to, by, reason }))).toEqual([
        { version: 2, from: 'None', to: 'Production', by: 'bob', reason: 'better' },
        { version: 1, from: 'Production', to: 'Archived', by: 'bob', reason: 'better' },
        { version: 1, from: 'None', to: 'Production', by: 'ann', reason: 'first' },
        { version: 2, from: '', to: 'None', by: 'ann', reason: '' },
        { version: 1, from: '', to: 'None', by: 'ann', reason: '' },
        { version: undefined, from: '', to: name, by: 'ann', reason: '' },
      ]);
      expect(changes.map(({ sequence }) => sequence)).toEqual([6, 5, 4, 3, 2, 1]);
      expect(world.published.slice(-2)).toEqual([
        { name: 'StageChanged', detail: { model: name, version: 1, from: 'Production', to: 'Archived', by: 'bob' } },
        { name: 'StageChanged', detail: { model: name, version: 2, from: 'None', to: 'Production', by: 'bob' } },
      ]);
    });

    it('changes nothing when a version stands there already', async () => {
      const name = freshName();
      await register(name, 1);
      const move = { name, version: 1, stage: 'Staging' as const, by: 'ann' };
      const first = await transitionStage(world, move);
      const told = world.published.at(-1);
      expect(await transitionStage(world, move)).toEqual(first);
      // Told again: whoever repeats a move may have fallen before it was told.
      expect(world.published.slice(-2)).toEqual([told, told]);
      expect(await allPages((page) => listChanges(world, name, page), 10)).toHaveLength(3);
    });

    it('lets two stand in Production when nobody asks for archiving', async () => {
      const name = freshName();
      await register(name, 2);
      for (const version of [1, 2])
        await transitionStage(world, { name, version, stage: 'Production', archiveExisting: false, by: 'ann' });
      expect(await inProduction(name)).toEqual([2, 1]);
      expect((await productionVersion(world, name))?.version).toBe(2);
    });

    it(
      'never has two in Production, whatever moves meet (law)',
      async () => {
        const stage = fc.constantFrom<Stage>('None', 'Staging', 'Production', 'Production', 'Archived');
        const moves = fc.array(fc.record({ version: fc.integer({ min: 1, max: 4 }), stage }), {
          minLength: 2,
          maxLength: 8,
        });
        await fc.assert(
          fc.asyncProperty(moves, async (all) => {
            const name = freshName();
            await register(name, 4);
            await Promise.all(all.map((move) => transitionStage(world, { name, ...move, by: 'ann' })));
            const standing = await inProduction(name);
            expect(standing.length).toBeLessThanOrEqual(1);
            expect((await productionVersion(world, name))?.version).toBe(standing[0]);
          }),
          { numRuns: 8 },
        );
      },
      EMULATOR_START_MS,
    );

    it('says which model or version is not there', async () => {
      const name = freshName();
      await register(name, 1);
      await expect(getModel(world, 'nobody')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      await expect(getVersion(world, name, 9)).rejects.toMatchObject({
        code: 'VERSION_NOT_FOUND',
        message: `${name} has no version 9; its newest is 1`,
      });
      await expect(transitionStage(world, { name, version: 9, stage: 'Staging', by: 'a' })).rejects.toMatchObject({
        code: 'VERSION_NOT_FOUND',
      });
      expect(await productionVersion(world, 'nobody')).toBeUndefined();
    });

    it('lists models by name, a page at a time', async () => {
      const alone = worldOn(await make());
      for (const name of ['c', 'a', 'b', 'e', 'd']) await ensureModel(alone, name);
      const listed = await allPages((page) => listModels(alone, page), 2);
      expect(listed.map((model) => model.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    });
  });
