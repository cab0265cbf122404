import { describe, expect, it } from '@jest/globals';
import type { PipelineRun } from '#contracts/pipelines.ts';
import { somePlatform } from './training/_platform.ts';

const platform = somePlatform();
const startedAt = '2026-01-01T05:00:00.000Z';
const scoresId = '5'.repeat(32);
const planned = { project: 'churn', rowCount: 10, rung: 'lambda', reason: 'r', shards: [1], done: 1, scoresId };
const finished = {
  ...{ project: 'churn', scoresId, datasetId: 'f'.repeat(32), modelVersion: 3, rowCount: 10, refused: 1 },
  ...{ uri: 's3://data/x/', seconds: 1, finishedAt: startedAt },
};
const scoring = (more: Partial<PipelineRun>): PipelineRun => ({
  ...{ runId: 'scoring.X', pipeline: 'scoring', project: 'churn', status: 'RUNNING', startedAt, input: {} },
  stages: [{ name: 'Plan', status: 'SUCCEEDED', startedAt, endedAt: startedAt, output: planned }],
  ...more,
});
const ended = { status: 'SUCCEEDED', endedAt: startedAt } as const;

/** Answers the run a look at a time. */
const runs = (...looks: PipelineRun[]): void => {
  platform.replies = {
    '/pipelines/scoring/runs': { runId: 'scoring.X' },
    '/pipelines/runs/scoring.X': () => looks.shift(),
  };
};

describe('mlp score', () => {
  it('asks for what is named, tells shards as they are done, and what came of it', async () => {
    runs(
      scoring({ progress: { done: 1, of: 2 } }),
      scoring({ ...ended, output: finished, progress: { done: 2, of: 2 } }),
    );
    const datasetId = `5f0c${'a'.repeat(28)}`;
    platform.replies['/datasets/churn'] = { items: [{ datasetId }, { datasetId: 'b'.repeat(32) }] };
    await platform.mlp('score', 'churn', '--explain', '--model-version', '3', '--dataset', '5f0c');
    expect(platform.asked.find(({ path }) => path === '/pipelines/scoring/runs')?.body).toEqual({
      project: 'churn',
      parameters: { explain: true, modelVersion: 3, datasetId },
    });
    expect(platform.err.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      'succeeded Plan',
      '1 of 2 shards are done',
      '2 of 2 shards are done',
    ]);
    expect(platform.out.join('\n')).toMatch(
      new RegExp(`scored: 10 rows of features [0-9a-f]{8,} by version 3, 1 refused  data set ${scoresId}`),
    );
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('says why nothing was scored, as does the pipeline started by its name', async () => {
    const skipped = 'no version of churn is in production yet';
    for (const command of [
      ['score', 'churn'],
      ['run', 'scoring', '--project', 'churn'],
    ]) {
      runs(scoring({ ...ended, output: { ...planned, shards: [], skipped } }));
      platform.out.length = 0;
      await platform.mlp(...command);
      expect(platform.out.join('\n')).toContain(`nothing to score: ${skipped}`);
    }
  });

  it('ends badly with the run', async () => {
    runs(scoring({ ...ended, status: 'FAILED', error: 'SCORING_INCOMPLETE', cause: '1 of 2 shards are not scored' }));
    await platform.mlp('score', 'churn');
    expect(platform.out.join('\n')).toContain('SCORING_INCOMPLETE: 1 of 2 shards are not scored');
    expect(process.exitCode).toBe(1);
  });
});
