import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  createModel,
  deleteAlias,
  deleteModel,
  deleteVersion,
  getModel,
  getVersion,
  listAudited,
  listChanges,
  listModels,
  listVersions,
  type RegistryStore,
  registerVersion,
  renameModel,
  setAlias,
  verifyHistory,
  versionByAlias,
} from '#core/registry/index.ts';
import {
  code,
  expectSound,
  freshName,
  numbers,
  type RegistryWorld,
  registerTimes,
  versionOf,
  worldOn,
} from '#test/adapters/registry-world.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const by = 'ann';
const page = { maxResults: 100 };

/** Names, aliases and deletion, whatever keeps them. */
export const registryVerbsContract = (what: string, make: () => Promise<RegistryStore>): void =>
  describe(`registry verbs on ${what}`, () => {
    let world: RegistryWorld;
    beforeAll(async () => {
      world = worldOn(await make());
    }, EMULATOR_START_MS);
    const sound = (name: string) => expectSound(world, name);

    it('makes a model once, also of a name with blanks, dots and umlauts', async () => {
      const name = 'Größe v1.2 (beta)';
      const made = await createModel(world, { name, description: 'd', tags: { a: '1' }, by });
      expect(await getModel(world, name)).toEqual(made);
      await expect(createModel(world, { name, by })).rejects.toEqual(code('MODEL_EXISTS'));
      await sound(name);
    });

    it.each(['', '  ', 'a/b', 'a:b', '.', '..', '../x', 'x'.repeat(256)])('refuses the name "%s"', async (name) => {
      await expect(async () => createModel(world, { name, by })).rejects.toEqual(code('INVALID_REQUEST'));
    });

    it('makes one of many at once', async () => {
      const name = freshName();
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => createModel(world, { name, by })));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it(
      'renames a model with 120 versions at once; they, aliases and history follow',
      async () => {
        const [old, name] = [freshName(), freshName()];
        const world2 = worldOn(world.registry);
        await registerTimes(world2, old, 120);
        await setAlias(world2, { name: old, alias: 'champion', version: 7, by });
        await renameModel(world2, { name: old, newName: name, by: 'bob', reason: 'clearer' });
        await expect(getModel(world2, old)).rejects.toEqual(code('MODEL_NOT_FOUND'));
        const versions = await allPages((wanted) => listVersions(world2, name, wanted), 50);
        expect(numbers(versions)).toEqual(Array.from({ length: 120 }, (_, i) => 120 - i));
        expect(versions.every((version) => version.name === name)).toBe(true);
        expect(await versionByAlias(world2, name, 'champion')).toMatchObject({ name, version: 7 });
        const [newest, ...before] = await allPages((wanted) => listChanges(world2, name, wanted), 100);
        expect(newest).toMatchObject({ kind: 'renamed', from: old, to: name, by: 'bob', reason: 'clearer' });
        expect(before).toHaveLength(122);
        expect((await listModels(world2, { maxResults: 1000 })).items.map((m) => m.name)).not.toContain(old);
        await sound(name);
      },
      EMULATOR_START_MS,
    );

    it('renames to no name that is taken, and frees the old one', async () => {
      const [a, b, c] = [freshName(), freshName(), freshName()];
      await registerTimes(world, a, 2);
      await createModel(world, { name: b, by });
      await expect(renameModel(world, { name: a, newName: b, by })).rejects.toEqual(code('MODEL_EXISTS'));
      await renameModel(world, { name: a, newName: c, by });
      expect((await registerVersion(world, versionOf(a))).version).toBe(1);
      expect((await registerVersion(world, versionOf(c))).version).toBe(3);
      for (const name of [a, b, c]) await sound(name);
    });

    it('deletes a model; made again its versions start at 1, and both histories hold', async () => {
      const name = freshName();
      await registerTimes(world, name, 3);
      await deleteModel(world, { name, by });
      await expect(getVersion(world, name, 1)).rejects.toEqual(code('MODEL_NOT_FOUND'));
      expect((await listChanges(world, name, page)).items[0]).toMatchObject({ kind: 'deleted', from: name, by });
      await createModel(world, { name, by });
      expect((await listVersions(world, name, page)).items).toEqual([]);
      expect((await registerVersion(world, versionOf(name))).version).toBe(1);
      expect((await verifyHistory(world, name)).records).toBe(5 + 2);
      await sound(name);
    });

    it('lists the names under which histories end', async () => {
      const [gone, renamed, now] = [freshName(), freshName(), freshName()];
      for (const name of [gone, renamed]) await createModel(world, { name, by });
      await deleteModel(world, { name: gone, by });
      await renameModel(world, { name: renamed, newName: now, by });
      const known = await allPages((one) => world.registry.listNames(one), 3);
      expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining([gone, renamed, now]));
      const names = (await listAudited(world, { maxResults: 1_000 })).items;
      const mine = names.filter(({ name }) => [gone, renamed, now].includes(name));
      expect(mine).toHaveLength(2);
      expect(mine).toEqual(
        expect.arrayContaining([
          { name: gone, live: false },
          { name: now, live: true },
        ]),
      );
    });

    it('never gives the number of a deleted version again, and takes its aliases away', async () => {
      const name = freshName();
      await registerTimes(world, name, 2);
      await setAlias(world, { name, alias: 'champion', version: 2, by });
      await deleteVersion(world, { name, version: 2, by });
      await expect(getVersion(world, name, 2)).rejects.toEqual(code('VERSION_NOT_FOUND'));
      await expect(versionByAlias(world, name, 'champion')).rejects.toEqual(code('ALIAS_NOT_FOUND'));
      expect((await registerVersion(world, versionOf(name))).version).toBe(3);
      expect(numbers((await listVersions(world, name, page)).items)).toEqual([3, 1]);
      await sound(name);
    });

    it('moves an alias from one version to another, and says so, again when it is repeated', async () => {
      const name = freshName();
      await registerTimes(world, name, 2);
      await setAlias(world, { name, alias: 'champion', version: 1, by });
      const moved = { name, alias: 'champion', version: 2, by: 'bob', reason: 'better' };
      expect(await setAlias(world, moved)).toMatchObject({ version: 2, aliases: ['champion'] });
      expect((await getVersion(world, name, 1)).aliases).toEqual([]);
      const told = world.published.at(-1);
      expect(told).toEqual({
        name: 'AliasChanged',
        detail: { model: name, alias: 'champion', version: 2, from: 1, by: 'bob' },
      });
      await setAlias(world, moved);
      expect(world.published.at(-1)).toBe(world.published.at(-1));
      expect(world.published.slice(-2)).toEqual([told, told]);
      await deleteAlias(world, { name, alias: 'champion', by });
      expect(world.published.at(-1)?.detail).toMatchObject({ version: null, from: 2 });
      await deleteAlias(world, { name, alias: 'never', by });
      const { items } = await listChanges(world, name, page);
      expect(items.slice(0, 3).map(({ kind, key, from, to }) => [kind, key, from, to])).toEqual([
        ['alias', 'champion', '2', ''],
        ['alias', 'champion', '1', '2'],
        ['alias', 'champion', '', '1'],
      ]);
      await sound(name);
    });

    it.each(['latest', 'LATEST', 'v1', 'V22', 'a b', 'a/b', '', 'x'.repeat(256)])(
      'refuses alias "%s"',
      async (alias) => {
        const name = freshName();
        await registerTimes(world, name, 1);
        await expect(async () => setAlias(world, { name, alias, version: 1, by })).rejects.toEqual(
          code('INVALID_REQUEST'),
        );
      },
    );

    it('knows latest as the newest version that is there', async () => {
      const name = freshName();
      await registerTimes(world, name, 3);
      await deleteVersion(world, { name, version: 3, by });
      expect((await versionByAlias(world, name, 'latest')).version).toBe(2);
    });
  });
