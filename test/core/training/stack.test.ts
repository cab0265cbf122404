import { describe, expect, it } from '@jest/globals';
import type { CandidateOutcome } from '#contracts/training.ts';
import { TrainingJob, trainingFiles } from '#contracts/training.ts';
import { stack } from '#core/training/index.ts';
import { type Prepared, prepared, succeed } from './_prepared.ts';
import { resultOf } from './_world.ts';

const ask = (p: Prepared, candidates: CandidateOutcome[]) => stack(p.world.deps, { ...p.input, candidates });
const jobOf = async (p: Prepared, specUri: string): Promise<TrainingJob> =>
  TrainingJob.parse(await p.world.deps.documents.read(specUri));

describe('stack', () => {
  it('starts a run and a job for the best candidates that have a model, best first', async () => {
    const p = await prepared({ training: { stacking: { best: 2 }, compute: { gpu: 1 } } });
    const good = await succeed(p, { lightgbm: 0.8, xgboost: 0.9, 'random-forest': 0.7 });
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost', { cvScore: 0.9, params: { depth: 7 } }));
    const { jobs } = await ask(p, [...good, p.outcome('logistic-regression', 'spot')]);
    const [task] = jobs;
    expect(task).toMatchObject({ candidate: 'stacking', on: 'ecs', gpu: true, outputUri: p.outputUri('stacking') });
    const job = await jobOf(p, task!.specUri);
    const other = await jobOf(p, p.made.jobs[0]!.specUri);
    expect(job).toEqual({
      ...other,
      ...{ runId: p.childId('stacking'), candidate: 'stacking', outputUri: p.outputUri('stacking'), gpu: 1 },
      stack: [
        { candidate: 'xgboost', params: { depth: 7 } },
        { candidate: 'lightgbm', params: { depth: 3, penalty: null } },
      ],
    });
    const run = await p.child('stacking');
    expect(run.info.status).toBe('RUNNING');
    expect(run.tags).toMatchObject({
      'mlflow.parentRunId': p.made.runId,
      'mlflow.runName': 'stacking',
      candidate: 'stacking',
      trainingDatasetId: p.made.trainingDatasetId,
    });
    expect(run.inputs).toHaveLength(2);
    expect(await ask(p, good)).toEqual({ jobs });
  });

  it('goes by losses the other way round', async () => {
    const p = await prepared({ training: { stacking: { best: 2 }, metric: 'log_loss' } });
    const { jobs } = await ask(p, await succeed(p, { lightgbm: 0.8, xgboost: 0.9, 'random-forest': 0.7 }));
    const job = await jobOf(p, jobs[0]!.specUri);
    expect(job.stack?.map(({ candidate }) => candidate)).toEqual(['random-forest', 'lightgbm']);
  });

  it('answers no job where none is wanted, it has ended already, or fewer than two have a model', async () => {
    const unwanted = await prepared();
    expect(await ask(unwanted, await succeed(unwanted, { lightgbm: 0.8, xgboost: 0.9 }))).toEqual({ jobs: [] });
    const p = await prepared({ training: { stacking: true } });
    const two = await succeed(p, { lightgbm: 0.8, xgboost: 0.9 });
    expect(await ask(p, [...two, p.outcome('stacking', 'exit code 1')])).toEqual({ jobs: [] });
    expect(await ask(p, two)).toMatchObject({ jobs: [{ candidate: 'stacking', gpu: false }] });
    const alone = await prepared({ training: { stacking: true } });
    const one = await succeed(alone, { lightgbm: 0.8 });
    expect(await ask(alone, [...one, alone.outcome('xgboost', 'spot')])).toEqual({ jobs: [] });
  });
});
