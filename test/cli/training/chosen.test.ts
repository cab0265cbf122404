import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { first, parent, somePlatform, someRun } from './_platform.ts';

const platform = somePlatform();
const execution = '01M8XYZ';
const ofExecution = createHash('sha256').update(execution).digest('hex').slice(0, 32);

describe('mlp run training', () => {
  const ended = (status: string) => {
    const run = {
      runId: `training.${execution}`,
      pipeline: 'training',
      project: 'churn',
      status,
      input: {},
      stages: [],
    };
    platform.replies['/pipelines/training/runs'] = { runId: run.runId };
    platform.replies[`/pipelines/runs/${run.runId}`] = { ...run, startedAt: '2026-01-01T00:00:00.000Z' };
    const tags = { project: 'churn', childRunId: first, model: 'churn', modelVersion: '3' };
    platform.replies[`/runs/${ofExecution}`] = someRun(parent, { params: { metric: 'pr_auc' }, tags });
    const metrics = { cv_score: 0.8, test_accuracy: 0.9, test_pr_auc: 0.79 };
    platform.replies[`/runs/${first}`] = someRun(first, { metrics, tags: { candidate: 'lightgbm' } });
  };

  it('ends with what it chose, how good that is, and where it stands', async () => {
    ended('SUCCEEDED');
    await platform.mlp('run', 'training', '--project', 'churn');
    expect(platform.out.at(-1)).toBe(`chosen: lightgbm  test pr_auc 0.79  churn version 3  run ${parent}`);
  });

  it('names nothing where nothing was chosen, and goes on where that cannot be read', async () => {
    ended('FAILED');
    await platform.mlp('run', 'training', '--project', 'churn');
    ended('SUCCEEDED');
    delete platform.replies[`/runs/${ofExecution}`];
    await platform.mlp('run', 'training', '--project', 'churn');
    expect(platform.out.join()).not.toContain('chosen');
  });
});
