import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProjectVersion } from '#contracts/project.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { someProject } from '#test/helpers/some-project.ts';

const versionOf = (name: string, version: number): ProjectVersion => ({
  project: someProject(name),
  version,
  contentSha256: 'a'.repeat(64),
  files: { 'project.yaml': `name: ${name}`, 'sql/dataset.sql': 'select 1 -- ä'.repeat(5_000) },
  appliedAt: '2026-01-01T00:00:00.000Z',
  appliedBy: 'ann',
});

/** What ProjectStore promises, whatever keeps it. */
export const projectStoreContract = (what: string, make: () => Promise<ProjectStore>): void =>
  describe(`ProjectStore on ${what}`, () => {
    let store: ProjectStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);

    it('answers what was saved, the newest and each version', async () => {
      const versions = [versionOf('churn', 1), versionOf('churn', 2)];
      for (const version of versions) await store.save(version);
      expect(await store.latest('churn')).toEqual(versions[1]);
      expect(await store.version('churn', 1)).toEqual(versions[0]);
      expect(await loadProject(store, 'churn', 1)).toEqual(versions[0]);
      expect(await store.latest('nobody')).toBeUndefined();
      await expect(loadProject(store, 'nobody')).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
      await expect(loadProject(store, 'churn', 9)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    });

    it('takes only the next number, and one of two that come at once', async () => {
      await store.save(versionOf('fraud', 1));
      await expect(store.save(versionOf('fraud', 1))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      await expect(store.save(versionOf('fraud', 3))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      const results = await Promise.allSettled([store.save(versionOf('fraud', 2)), store.save(versionOf('fraud', 2))]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('lists the newest of every project by name', async () => {
      const alone = await make();
      for (const name of ['c2', 'a2', 'b2']) await alone.save(versionOf(name, 1));
      await alone.save(versionOf('b2', 2));
      const listed = await allPages((page) => alone.list(page), 2);
      expect(listed.map((project) => project.name)).toEqual(['a2', 'b2', 'c2']);
    });
  });
