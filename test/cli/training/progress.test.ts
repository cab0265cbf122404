import { describe, expect, it } from '@jest/globals';
import type { PipelineRun } from '#contracts/pipelines.ts';
import { mlopsClient } from '#sdk/index.ts';
import { stageTeller } from '../../../cli/stage-teller.ts';
import { trainingUnderWay } from '../../../cli/training-progress.ts';
import { first, parent, second, somePlatform, someRun } from './_platform.ts';

const platform = somePlatform();
const startedAt = '2026-01-01T00:00:00.000Z';
const jobs: unknown[] = [];
const prepared = { experimentId: '1', runId: parent, jobs, project: 'churn', projectVersion: 1 };
const training = (status: 'RUNNING' | 'SUCCEEDED'): PipelineRun => ({
  runId: 'training.X',
  pipeline: 'training',
  project: 'churn',
  status: 'RUNNING',
  startedAt,
  input: {},
  stages: [
    { name: 'Prepare', status: 'SUCCEEDED', startedAt, output: prepared },
    { name: 'TrainCandidates', status, startedAt },
  ],
});
const candidate = (runId: string, name: string, trial: number, best?: number) =>
  someRun(runId, {
    metrics: { trial_score: 0.7, ...(best !== undefined && { best_score: best, elapsed_seconds: 12.4 }) },
    step: trial,
    tags: { candidate: name },
  });

describe('progress of a training', () => {
  const teller = () => {
    const said: string[] = [];
    const { MLP_API_URL: apiUrl = '', MLP_API_KEY: apiKey = '' } = process.env;
    const tell = stageTeller(mlopsClient({ apiUrl, apiKey }), (line) => said.push(line.trim().replaceAll(/ +/g, ' ')));
    return { said, tell };
  };

  it('is told a trial at a time, and no trial twice', async () => {
    const { said, tell } = teller();
    const show = (...items: unknown[]) => {
      platform.replies = {
        [`/runs/${parent}`]: someRun(parent, { params: { trials: '10' } }),
        '/experiments/1/runs': { items },
      };
    };
    show(someRun(second, { tags: { candidate: 'xgboost' } }));
    await tell(training('RUNNING'));
    show(candidate(first, 'lightgbm', 2, 0.84123), candidate(second, 'xgboost', 0));
    await tell(training('RUNNING'));
    await tell(training('RUNNING'));
    show(candidate(first, 'lightgbm', 3, 0.85), candidate('d'.repeat(32), 'stacking', 0, 0.86));
    await tell(training('RUNNING'));
    expect(platform.asked.filter(({ path }) => path === `/runs/${parent}`)).toHaveLength(1);
    expect(platform.asked.at(-1)?.query.get('filter')).toContain('start_time >= 1');
    expect(said).toEqual([
      'succeeded Prepare',
      'running TrainCandidates',
      'lightgbm trial 3 of 10 best 0.84123 12 s',
      'xgboost trial 1 of 10',
      'lightgbm trial 4 of 10 best 0.85 12 s',
      'stacking trial 1 best 0.86 12 s',
    ]);
  });

  it('is told of a run that is made once more, which is its own candidate', async () => {
    const { said, tell } = teller();
    platform.replies = {
      [`/runs/${parent}`]: {
        ...candidate(parent, 'lightgbm', 4, 0.8),
        tags: { candidate: 'lightgbm', reproduces: first },
      },
    };
    await tell(training('RUNNING'));
    expect(said.at(-1)).toBe('lightgbm trial 5 best 0.8 12 s');
    expect(new Set(platform.asked.map(({ path }) => path))).toEqual(new Set([`/runs/${parent}`]));
  });

  it('stays silent where it cannot be read: the training goes on', async () => {
    const { said, tell } = teller();
    platform.replies = {};
    await tell(training('RUNNING'));
    expect(said).toEqual(['succeeded Prepare', 'running TrainCandidates']);
  });

  it('asks nothing before and after candidates train', async () => {
    const { tell } = teller();
    await tell(training('SUCCEEDED'));
    expect(platform.asked).toEqual([]);
    expect(trainingUnderWay(training('RUNNING'))).toBe(parent);
  });
});
