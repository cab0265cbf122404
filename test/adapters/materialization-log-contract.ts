import { describe, expect, it } from '@jest/globals';
import type { MaterializationLog, RunPlan, ShardDone } from '#core/features/index.ts';

const plan = { project: 'churn', datasetId: 'a'.repeat(32), attempt: 1 };
const done = (shard: number, changes: Partial<ShardDone> = {}): ShardDone => ({
  shard,
  rows: 10,
  entities: 5,
  written: 8,
  skippedOlder: 1,
  expired: 1,
  seconds: 0.25,
  doneAt: '2026-03-01T00:00:00.000Z',
  ...changes,
});
const run = (execution: string, plannedAt: string, changes: Partial<RunPlan> = {}): RunPlan => ({
  ...plan,
  execution,
  shards: 2,
  rows: 20,
  plannedAt,
  ...changes,
});

/** What every MaterializationLog promises. */
export const materializationLogContract = (name: string, make: () => Promise<MaterializationLog>): void =>
  describe(`MaterializationLog on ${name}`, () => {
    it('remembers the last plan of a set of views', async () => {
      const log = await make();
      expect(await log.current('churn', 'k')).toBeUndefined();
      await log.saveCurrent('churn', 'k', { datasetId: 'd', attempt: 1, isFinished: false });
      await log.saveCurrent('churn', 'k', { datasetId: 'd', attempt: 2, isFinished: true });
      expect(await log.current('churn', 'k')).toEqual({ datasetId: 'd', attempt: 2, isFinished: true });
      expect(await log.current('churn', 'other')).toBeUndefined();
      expect(await log.current('fraud', 'k')).toBeUndefined();
    });

    it('remembers shards by their numbers, of one attempt alone', async () => {
      const log = await make();
      for (const shard of [11, 2, 100]) await log.saveShard(plan, done(shard));
      await log.saveShard(plan, done(2, { written: 9, skippedOlder: 0 }));
      expect((await log.shards(plan)).map(({ shard }) => shard)).toEqual([2, 11, 100]);
      expect(await log.shard(plan, 2)).toEqual(done(2, { written: 9, skippedOlder: 0 }));
      expect(await log.shard(plan, 3)).toBeUndefined();
      expect(await log.shards({ ...plan, attempt: 2 })).toEqual([]);
      expect(await log.shard({ ...plan, project: 'fraud' }, 2)).toBeUndefined();
    });

    it('remembers the plans of an execution in their order, each once', async () => {
      const log = await make();
      await log.savePlan(run('e1', '2026-03-01T00:00:02.000Z', { datasetId: 'b'.repeat(32) }));
      await log.savePlan(run('e1', '2026-03-01T00:00:01.000Z'));
      await log.savePlan(run('e1', '2026-03-01T00:00:01.000Z'));
      expect((await log.plans('e1')).map(({ datasetId }) => datasetId[0])).toEqual(['a', 'b']);
      expect((await log.plans('e1'))[0]).toEqual(run('e1', '2026-03-01T00:00:01.000Z'));
      expect(await log.plans('e2')).toEqual([]);
    });

    it('remembers whose values are online of a view', async () => {
      const log = await make();
      expect(await log.definition('churn', 'a')).toBeUndefined();
      await log.saveDefinition('churn', 'a', 'one');
      await log.saveDefinition('churn', 'a', 'other');
      expect(await log.definition('churn', 'a')).toBe('other');
      expect(await log.definition('churn', 'b')).toBeUndefined();
      expect(await log.definition('fraud', 'a')).toBeUndefined();
    });

    it('gives views to one holder at a time, all or none', async () => {
      const log = await make();
      const seen = (...pairs: [string, string | undefined][]) => new Map(pairs);
      expect(await log.claim('churn', 'e1', seen(['a', undefined], ['b', undefined]))).toBe(true);
      expect(await log.claim('churn', 'e2', seen(['b', undefined], ['c', undefined]))).toBe(false);
      expect(await log.claim('churn', 'e2', seen(['b', 'e1'], ['c', undefined]))).toBe(true);
      expect(await log.holders('churn')).toEqual(
        new Map([
          ['a', 'e1'],
          ['b', 'e2'],
          ['c', 'e2'],
        ]),
      );
      expect(await log.holders('fraud')).toEqual(new Map());
    });

    it('lets one of many at once', async () => {
      const log = await make();
      const claims = Array.from({ length: 8 }, (_, i) => log.claim('churn', `e${i}`, new Map([['a', undefined]])));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    });
  });
