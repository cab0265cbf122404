import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FeatureDefinition } from '#contracts/features.ts';
import type { FeatureCatalog } from '#core/features/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { someOnDemandView, someService, someView } from '#test/helpers/some-definitions.ts';

const idOf = ({ project, kind, name, version }: FeatureDefinition): string => `${project}/${kind}/${name}@${version}`;

/** What FeatureCatalog promises, whatever keeps it. */
export const featureCatalogContract = (what: string, make: () => Promise<FeatureCatalog>): void =>
  describe(`FeatureCatalog on ${what}`, () => {
    let catalog: FeatureCatalog;
    beforeAll(async () => {
      catalog = await make();
    }, EMULATOR_START_MS);

    it('answers what was saved, the newest and each version', async () => {
      const of = { project: 'churn', kind: 'view', name: 'usage' } as const;
      const versions = [someView('usage', ['calls']), someView('usage', ['calls', 'minutes'], { version: 2 })];
      for (const version of versions) await catalog.save(version);
      expect(await catalog.latest('churn', 'view', 'usage')).toEqual(versions[1]);
      expect(await catalog.version(of, 1)).toEqual(versions[0]);
      expect(await catalog.version(of, 3)).toBeUndefined();
      expect(await catalog.latest('churn', 'service', 'usage')).toBeUndefined();
      expect(await catalog.latest('ads', 'view', 'usage')).toBeUndefined();
      expect(await allPages((page) => catalog.versions(of, page), 1)).toEqual([...versions].reverse());
    });

    it('takes only the next number, and one of two that come at once', async () => {
      await catalog.save(someView('next', ['a']));
      await expect(catalog.save(someView('next', ['b']))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      const third = someView('next', ['b'], { version: 3 });
      await expect(catalog.save(third)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      const second = ['b', 'c'].map((feature) => catalog.save(someView('next', [feature], { version: 2 })));
      const results = await Promise.allSettled(second);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('lists the newest of every definition by project, kind and name, a page at a time', async () => {
      const alone = await make();
      await alone.save(someView('usage', ['calls']));
      await alone.save(someView('usage', ['minutes'], { version: 2 }));
      await alone.save(someView('usage_2', ['calls'], { project: 'churn-2' }));
      await alone.save(someOnDemandView('ratios', { sql: { half: 'calls / 2' } }));
      await alone.save(someService('churn', ['usage']));
      const list = async (of: Parameters<FeatureCatalog['list']>[0]) =>
        (await allPages((page) => alone.list(of, page), 2)).map(idOf);
      const churn = ['churn/on-demand-view/ratios@1', 'churn/service/churn@1', 'churn/view/usage@2'];
      expect(await list({})).toEqual([...churn, 'churn-2/view/usage_2@1']);
      expect(await list({ project: 'churn' })).toEqual(churn);
      expect(await list({ kind: 'view' })).toEqual(['churn/view/usage@2', 'churn-2/view/usage_2@1']);
      expect(await list({ project: 'churn', kind: 'view' })).toEqual(['churn/view/usage@2']);
      expect(await list({ project: 'nobody' })).toEqual([]);
    });

    it.each(['aa', 'cc'])('never leaves a list by a token of another one, of %s', async (other) => {
      const alone = await make();
      const names = ['aa', 'bb', 'cc'].flatMap((project) => [`${project}/one`, `${project}/two`]);
      for (const [project = '', name = ''] of names.map((one) => one.split('/')))
        await alone.save(someView(name, ['a'], { project }));
      const where = () => true;
      const { nextPageToken = '' } = await alone.list({ project: other, where }, { maxResults: 1 });
      const asked = alone.list({ project: 'bb', where }, { maxResults: 10, pageToken: nextPageToken });
      const answer = await asked.catch((error: { code: string }) => error);
      const isRefused = 'code' in answer && answer.code === 'INVALID_REQUEST';
      const items = 'items' in answer ? answer.items : [];
      expect(isRefused || items.every(({ project }) => project === 'bb')).toBe(true);
    });

    it('knows which projects define a name', async () => {
      await catalog.save(someView('shared', ['a'], { project: 'one' }));
      await catalog.save(someView('shared', ['a'], { project: 'two' }));
      await catalog.save(someView('shared', ['b'], { project: 'two', version: 2 }));
      await catalog.save(someService('shared', ['x1'], { project: 'three' }));
      expect(await catalog.projectsOf('view', 'shared')).toEqual(['one', 'two']);
      expect(await catalog.projectsOf('view', 'share')).toEqual([]);
    });

    it('forgets the newest of what nobody defines, keeps its versions, and goes on behind them', async () => {
      const of = { project: 'gone', kind: 'view', name: 'old' } as const;
      const first = someView('old', ['a'], { project: 'gone' });
      await catalog.save(first);
      await catalog.retire(of);
      await catalog.retire(of);
      expect(await catalog.latest('gone', 'view', 'old')).toBeUndefined();
      expect((await catalog.list({ project: 'gone' }, { maxResults: 10 })).items).toEqual([]);
      expect((await catalog.list({ kind: 'view' }, { maxResults: 100 })).items.map(idOf)).not.toContain(idOf(first));
      expect(await catalog.projectsOf('view', 'old')).toEqual([]);
      expect(await catalog.version(of, 1)).toEqual(first);
      await expect(catalog.save(first)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      const second = someView('old', ['b'], { project: 'gone', version: 2 });
      await catalog.save(second);
      expect(await catalog.latest('gone', 'view', 'old')).toEqual(second);
    });
  });
