import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Deployment } from '#contracts/deployment.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';

const documentOf = (model: string, revision: number): Deployment => ({
  model,
  project: 'churn',
  revision,
  phase: 'canary',
  variants: [
    { version: 1, weight: 90, modelUri: 's3://bucket/1/model/' },
    { version: 2, weight: 10, modelUri: 's3://bucket/2/model/', onnxSha256: 'abc' },
  ],
  stickyKey: 'customer_id',
  featureService: 'churn',
  requestFields: ['age'],
  reason: `revision ${revision}`,
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'ann',
});

/** What every DeploymentStore keeps. */
export const deploymentStoreContract = (name: string, make: () => Promise<DeploymentStore>, startMs = 5_000): void =>
  describe(`DeploymentStore on ${name}`, () => {
    let store: DeploymentStore;
    beforeAll(async () => {
      store = await make();
    }, startMs);

    it('answers undefined for a model that was never deployed', async () => {
      expect(await store.find('nobody')).toBeUndefined();
      expect(await store.history('nobody', 5)).toEqual([]);
    });

    it('gives back what was saved, field by field', async () => {
      await store.save(documentOf('whole', 1), 0);
      expect(await store.find('whole')).toEqual(documentOf('whole', 1));
    });

    it('keeps every revision, newest first, as many as asked', async () => {
      // Twelve, so that an order by text would be seen.
      for (let revision = 1; revision <= 12; revision++) await store.save(documentOf('long', revision), revision - 1);
      const revisions = (await store.history('long', 11)).map((d) => d.revision);
      expect(revisions).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    });

    it('gives revisions from one on, oldest first', async () => {
      for (let revision = 1; revision <= 12; revision++) await store.save(documentOf('range', revision), revision - 1);
      const from = async (first: number, limit: number) =>
        (await store.revisionsFrom('range', first, limit)).map(({ revision }) => revision);
      expect(await from(0, 3)).toEqual([1, 2, 3]);
      expect(await from(9, 3)).toEqual([9, 10, 11]);
      expect(await from(11, 9)).toEqual([11, 12]);
    });

    it('keeps revisions of more than a megabyte', async () => {
      const reason = 'x'.repeat(150_000);
      for (let revision = 1; revision <= 9; revision++)
        await store.save({ ...documentOf('large', revision), reason }, revision - 1);
      expect(await store.history('large', 9)).toHaveLength(9);
      expect(await store.revisionsFrom('large', 1, 9)).toHaveLength(9);
    });

    it.each([
      ['a first write over a document', 0, 1],
      ['a stale revision', 1, 2],
      ['a revision from the future', 5, 6],
    ])('refuses %s and writes nothing', async (_, expected, revision) => {
      const model = `conflict-${expected}`;
      await store.save(documentOf(model, 1), 0);
      await store.save(documentOf(model, 2), 1);
      const late = store.save({ ...documentOf(model, revision), reason: 'late' }, expected);
      await expect(late).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
      expect((await store.history(model, 10)).map((d) => d.reason)).toEqual(['revision 2', 'revision 1']);
    });

    it('lets one of many writers win', async () => {
      const writes = Array.from({ length: 8 }, () => store.save(documentOf('race', 1), 0));
      const results = await Promise.allSettled(writes);
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'REVISION_CONFLICT' });
    });

    it('lists the newest document of every model by name', async () => {
      await store.save(documentOf('a-first', 1), 0);
      await store.save(documentOf('a-first', 2), 1);
      const all = await store.list();
      const names = all.map((d) => d.model);
      expect(names).toEqual([...names].sort());
      expect(all.find((d) => d.model === 'a-first')?.revision).toBe(2);
    });
  });
