import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  createModel,
  deleteModel,
  deleteModelTag,
  deleteVersion,
  deleteVersionTag,
  getModel,
  getVersion,
  latestVersions,
  listChanges,
  listVersions,
  type RegistryStore,
  recordDeployment,
  registerVersion,
  renameModel,
  searchModels,
  searchVersions,
  setModelTag,
  setVersionTag,
  transitionStage,
  updateModel,
  updateVersion,
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

/** Tags, descriptions, stages in numbers, what is in use, and search, whatever keeps them. */
export const registryFactsContract = (what: string, make: () => Promise<RegistryStore>): void =>
  describe(`registry facts on ${what}`, () => {
    let world: RegistryWorld;
    beforeAll(async () => {
      world = worldOn(await make());
    }, EMULATOR_START_MS);
    const sound = (name: string) => expectSound(world, name);

    it('sets and deletes tags and descriptions; what is so already leaves no record', async () => {
      const name = freshName();
      await registerTimes(world, name, 1);
      const long = 'x'.repeat(100_000);
      await setModelTag(world, { name, key: 'team', value: 'a', by });
      await setModelTag(world, { name, key: 'team', value: 'a', by });
      await deleteModelTag(world, { name, key: 'none', by });
      await setVersionTag(world, { name, version: 1, key: 'text', value: long, by });
      await deleteVersionTag(world, { name, version: 1, key: 'project', by });
      await updateModel(world, { name, description: 'of churn', by });
      await updateVersion(world, { name, version: 1, description: 'first', by });
      expect(await getModel(world, name)).toMatchObject({ tags: { team: 'a' }, description: 'of churn' });
      expect(await getVersion(world, name, 1)).toMatchObject({ tags: { text: long }, description: 'first' });
      const { items } = await listChanges(world, name, page);
      expect(items.map(({ kind, version, key }) => [kind, version, key])).toEqual([
        ['description', 1, undefined],
        ['description', undefined, undefined],
        ['tag', 1, 'project'],
        ['tag', 1, 'text'],
        ['tag', undefined, 'team'],
        ['registered', 1, undefined],
        ['created', undefined, undefined],
      ]);
      expect(items[3]?.to.length).toBeLessThan(3_000);
      await sound(name);
    });

    it('tells the newest version of each stage', async () => {
      const name = freshName();
      await registerTimes(world, name, 5);
      for (const [version, stage] of [
        [1, 'Archived'],
        [2, 'Production'],
        [3, 'Staging'],
      ] as const)
        await transitionStage(world, { name, version, stage, by });
      const told = (await latestVersions(world, name)).map(({ version, stage }) => [version, stage]);
      expect(told).toEqual([
        [1, 'Archived'],
        [2, 'Production'],
        [3, 'Staging'],
        [5, 'None'],
      ]);
      expect(numbers(await latestVersions(world, name, ['Production']))).toEqual([2]);
    });

    it(
      'archives more than one step holds',
      async () => {
        const name = freshName();
        const world2 = worldOn(world.registry);
        await registerTimes(world2, name, 96);
        for (let version = 1; version <= 95; version++)
          await transitionStage(world2, { name, version, stage: 'Staging', archiveExisting: false, by });
        await transitionStage(world2, { name, version: 96, stage: 'Staging', by });
        const versions = await allPages((wanted) => listVersions(world2, name, wanted), 100);
        expect(numbers(versions.filter(({ stage }) => stage === 'Staging'))).toEqual([96]);
        expect(world2.published.filter((one) => one.name === 'StageChanged')).toHaveLength(95 + 96);
        await sound(name);
      },
      EMULATOR_START_MS,
    );

    it('holds a model and the versions that get traffic', async () => {
      const name = freshName();
      await registerTimes(world, name, 2);
      const revision = { model: name, phase: 'stable', reason: 'r', updatedBy: by, updatedAt: '2026-01-01T00:00:00Z' };
      await recordDeployment(world, { ...revision, revision: 1, variants: [{ version: 1, weight: 100 }] });
      const again = { ...revision, revision: 1, variants: [{ version: 2, weight: 100 }] };
      await recordDeployment(world, again);
      await expect(deleteModel(world, { name, by })).rejects.toEqual(code('MODEL_IN_USE'));
      await expect(renameModel(world, { name, newName: freshName(), by })).rejects.toEqual(code('MODEL_IN_USE'));
      await expect(deleteVersion(world, { name, version: 1, by })).rejects.toEqual(code('MODEL_IN_USE'));
      await deleteVersion(world, { name, version: 2, by });
      const { items } = await listChanges(world, name, page);
      expect(items.filter(({ kind }) => kind === 'deployment').map(({ to }) => to)).toEqual(['1: 100 %']);
      await recordDeployment(world, { ...again, model: 'nobody' });
    });

    it('finds models by filter, a page at a time, without prompts', async () => {
      const alone = worldOn(await make());
      for (const name of ['c1', 'a1', 'b1', 'x1']) await registerTimes(alone, name, 2);
      await transitionStage(alone, { name: 'a1', version: 1, stage: 'Production', by });
      await createModel(alone, { name: 'prompt', tags: { 'mlflow.prompt.is_prompt': 'true' }, by });
      await setModelTag(alone, { name: 'b1', key: 'team', value: 'red', by });
      const named = (filter?: string) =>
        allPages((wanted) => searchModels(alone, { ...wanted, ...(filter && { filter }) }), 2).then((all) =>
          all.map(({ name }) => name),
        );
      expect(await named()).toEqual(['a1', 'b1', 'c1', 'x1']);
      expect(await named("name LIKE '%1' AND tags.`mlflow.prompt.is_prompt` != 'true'")).toEqual([
        'a1',
        'b1',
        'c1',
        'x1',
      ]);
      expect(await named("tags.`mlflow.prompt.is_prompt` = 'true'")).toEqual(['prompt']);
      expect(await named("tags.team = 'red'")).toEqual(['b1']);
      expect(await named("name = 'c1'")).toEqual(['c1']);
      const [first] = (await searchModels(alone, { maxResults: 1 })).items;
      expect(first?.latestVersions.map(({ version, stage }) => [version, stage])).toEqual([
        [1, 'Production'],
        [2, 'None'],
      ]);
      await expect(searchModels(alone, { filter: 'nonsense', maxResults: 5 })).rejects.toEqual(code('INVALID_REQUEST'));
    });

    it('finds versions by name, by run also after a renaming, and across models', async () => {
      const alone = worldOn(await make());
      for (const name of ['a', 'b']) await registerTimes(alone, name, 3);
      await registerVersion(alone, { ...versionOf('b'), runId: 'r9' });
      await deleteVersion(alone, { name: 'b', version: 2, by });
      await renameModel(alone, { name: 'b', newName: 'z', by });
      const found = (filter: string, orderBy?: string[]) =>
        allPages((wanted) => searchVersions(alone, { ...wanted, filter, ...(orderBy && { orderBy }) }), 2).then((all) =>
          all.map(({ name, version }) => `${name}${version}`),
        );
      expect(await found("name = 'a'", ['version_number ASC'])).toEqual(['a1', 'a2', 'a3']);
      expect(await found("run_id = 'r9'")).toEqual(['z4']);
      expect(await found("run_id IN ('r9', 'r1')", ['name', 'version_number'])).toEqual([
        'a1',
        'a2',
        'a3',
        'z1',
        'z3',
        'z4',
      ]);
      expect(await found('version_number > 2', ['name DESC', 'version_number DESC'])).toEqual(['z4', 'z3', 'a3']);
      expect(await found("name = 'b'")).toEqual([]);
    });
  });
