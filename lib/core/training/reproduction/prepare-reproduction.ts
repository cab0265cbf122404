import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { TrainingJob } from '#contracts/training.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { createRun, logInputs } from '#core/tracking/index.ts';
import type { TrainingDeps } from '../ports.ts';
import { parentRunId } from '../run-ids.ts';
import { trainingPipeline } from '../start-child.ts';
import { type JobPlace, jobPlace, trainingTask } from '../training-job.ts';
import { type Original, originalRun } from './original-run.ts';

type Input = StepInput<typeof trainingSteps.prepareReproduction>;
type Output = StepOutput<typeof trainingSteps.prepareReproduction>;

// The search must end where it ended then, and not by a clock.
const NO_LIMIT_SECONDS = 86_400;
const COPIED = ['project', 'projectVersion', 'trainingDatasetId', 'referenceDatasetId'];

const tagsOf = ({ execution }: Input, { run }: Original): Record<string, string> => ({
  ...Object.fromEntries(COPIED.flatMap((key) => (run.tags[key] === undefined ? [] : [[key, run.tags[key]]]))),
  candidate: run.tags.candidate ?? '',
  execution,
  reason: `reproduction of ${run.info.runId}`,
  reproduces: run.info.runId,
});

const startRun = async (deps: TrainingDeps, input: Input, original: Original): Promise<string> => {
  const { info, inputs, tags } = original.run;
  const runId = parentRunId(deps.digest, input.execution);
  await createRun(deps.tracking, {
    experimentId: info.experimentId,
    runId,
    runName: `${tags.candidate} again`,
    userId: trainingPipeline,
    startTimeMs: Date.parse(input.startedAt),
    tags: tagsOf(input, original),
  });
  await logInputs(deps.tracking, runId, { datasets: inputs });
  return runId;
};

/** The same job elsewhere: as many trials as were finished then. What it is compared with leaves no trace in a model. */
const jobOnceMore = ({ job, result }: Original, { childRunId: runId, outputUri }: JobPlace): TrainingJob => {
  const { production: _production, ...rest } = job;
  const trials = Math.max(1, result.trials.length);
  return { ...rest, runId, outputUri, search: { ...job.search, trials, timeoutSeconds: NO_LIMIT_SECONDS } };
};

/**
 * Lays out the job of a run once more, in a run of its own; a training's own run means the candidate that it chose.
 * @throws RUN_NOT_FOUND, RUN_NOT_REPRODUCIBLE
 */
export const prepareReproduction = async (deps: TrainingDeps, input: Input): Promise<Output> => {
  const original = await originalRun(deps, input.project, input.reproduce);
  const { project, version } = await loadProject(
    deps.projects,
    input.project,
    Number(original.run.tags.projectVersion) || undefined,
  );
  const runId = await startRun(deps, input, original);
  const { candidate } = original.job;
  const place = jobPlace(original.experimentUri, { runId, childRunId: runId, candidate });
  const job = jobOnceMore(original, place);
  await deps.documents.write(place.specUri, job);
  const jobs = [trainingTask(project, job, place.specUri)];
  const { experimentId } = original.run.info;
  return { experimentId, runId, jobs, project: input.project, projectVersion: version };
};
