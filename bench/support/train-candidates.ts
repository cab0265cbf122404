import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoss } from '#contracts/problems.ts';
import { type TrainingJob, trainingFiles } from '#contracts/training.ts';
import { TrainingResult } from '#contracts/training-result.ts';
import { repositoryRoot } from '#local/paths.ts';

const container = join(repositoryRoot, 'containers', 'training');
/** As tasks have on a machine of two cores, one at a time. */
const THREADS = '2';

/** Runs the training container's code on a job as a process of its own. @throws Error with what it said */
export const trainOne = (python: string, job: TrainingJob): TrainingResult => {
  mkdirSync(job.outputUri, { recursive: true });
  const spec = join(job.outputUri, 'job.json');
  writeFileSync(spec, JSON.stringify(job));
  const env = { ...process.env, JOB_SPEC_URI: spec, TRAINING_THREADS: THREADS };
  const { stderr } = spawnSync(python, ['-m', 'training'], { cwd: container, env, encoding: 'utf8' });
  try {
    return TrainingResult.parse(JSON.parse(readFileSync(join(job.outputUri, trainingFiles.result), 'utf8')));
  } catch (error) {
    const file = join(job.outputUri, trainingFiles.error);
    throw new Error(`${job.candidate} left no result: ${readFileSync(file, 'utf8')} ${stderr.slice(-2_000)}`, {
      cause: error,
    });
  }
};

/** The job that stacks the best of some results, as the pipeline's step makes it. */
export const stackJob = (base: TrainingJob, results: readonly TrainingResult[], best: number): TrainingJob => {
  const order = isLoss(base.metric) ? 1 : -1;
  const chosen = results.toSorted((a, b) => order * (a.cvScore - b.cvScore)).slice(0, best);
  const stack = chosen.map(({ candidate, params }) => ({ candidate, params })) as TrainingJob['stack'];
  const outputUri = base.outputUri.replace(`/${base.candidate}/`, '/stacking/');
  return { ...base, candidate: 'stacking', outputUri, stack };
};

/** The same job elsewhere, with as many trials as it made and no limit of time. */
export const repeated = (job: TrainingJob, result: TrainingResult): TrainingJob => ({
  ...job,
  outputUri: `${job.outputUri.replace(/\/$/, '')}-again/`,
  search: { ...job.search, trials: Math.max(1, result.trials.length), timeoutSeconds: 86_400 },
});
