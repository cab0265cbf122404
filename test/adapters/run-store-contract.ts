import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PipelineRun } from '#contracts/pipelines.ts';
import type { RunListQuery, RunStore } from '#core/pipelines/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const runOf = (second: number, facts: Partial<PipelineRun> = {}): PipelineRun => ({
  runId: `${facts.pipeline ?? 'data'}.run-${second}`,
  pipeline: 'data',
  project: 'churn',
  status: 'RUNNING',
  startedAt: new Date(1_700_000_000_000 + second * 1_000).toISOString(),
  input: { project: 'churn' },
  stages: [],
  ...facts,
});

/** What RunStore promises, whatever keeps it. */
export const runStoreContract = (what: string, make: () => Promise<RunStore>): void =>
  describe(`RunStore on ${what}`, () => {
    let store: RunStore;
    beforeAll(async () => {
      store = await make();
    }, EMULATOR_START_MS);
    const listed = (query: Omit<RunListQuery, 'maxResults'> = {}, size = 10): Promise<PipelineRun[]> =>
      allPages((page) => store.list({ ...query, ...page }), size);

    it('keeps the end of a run, however late or often its beginning is told', async () => {
      const started = runOf(1);
      const ended = runOf(1, { status: 'FAILED', error: 'GATE_NOT_MET', cause: 'auc', endedAt: started.startedAt });
      for (const run of [started, ended, started, ended]) await store.save(run);
      expect(await listed()).toEqual([ended]);
    });

    it('lists newest first, by project and by pipeline, a page at a time', async () => {
      store = await make();
      const runs = Array.from({ length: 12 }, (_, i) =>
        runOf(i, { pipeline: i % 3 === 0 ? 'training' : 'data', project: i % 2 === 0 ? 'churn' : 'fraud' }),
      );
      for (const run of runs) await store.save(run);
      const newestFirst = [...runs].reverse();
      for (const size of [1, 5, 12]) {
        expect(await listed({}, size)).toEqual(newestFirst);
        expect(await listed({ project: 'fraud' }, size)).toEqual(newestFirst.filter((run) => run.project === 'fraud'));
        expect(await listed({ project: 'churn', pipeline: 'training' }, size)).toEqual(
          newestFirst.filter((run) => run.project === 'churn' && run.pipeline === 'training'),
        );
      }
    });
  });
