import type { CandidateName } from '#contracts/problems.ts';
import type { DatasetInput, Experiment } from '#contracts/tracking.ts';
import type { TrainingJob } from '#contracts/training.ts';
import { createRun, logInputs } from '#core/tracking/index.ts';
import type { RunDeps } from './ports.ts';
import { childRunId } from './run-ids.ts';
import { type JobPlace, jobPlace } from './training-job.ts';

/** Who the pipeline's runs and versions are by. */
export const trainingPipeline = 'training-pipeline';

export interface NewChild {
  readonly execution: string;
  readonly startedAt: string;
  readonly experiment: Pick<Experiment, 'experimentId' | 'artifactLocation'>;
  /** The parent run. */
  readonly runId: string;
  readonly candidate: CandidateName;
  /** Of the parent run, without its name. */
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
  /** What its task is told. */
  readonly job: (place: JobPlace) => TrainingJob;
}

export interface StartedChild {
  readonly job: TrainingJob;
  readonly specUri: string;
}

/** Starts a candidate's run and lays its job beside the parent run. Twice is once. */
export const startChild = async (deps: RunDeps, child: NewChild): Promise<StartedChild> => {
  const { execution, experiment, runId, candidate } = child;
  const childId = childRunId(deps.digest, execution, candidate);
  await createRun(deps.tracking, {
    experimentId: experiment.experimentId,
    runId: childId,
    runName: candidate,
    userId: trainingPipeline,
    startTimeMs: Date.parse(child.startedAt),
    tags: { ...child.tags, 'mlflow.parentRunId': runId, candidate },
  });
  await logInputs(deps.tracking, childId, { datasets: child.datasets });
  const place = jobPlace(experiment.artifactLocation, { runId, childRunId: childId, candidate });
  const job = child.job(place);
  await deps.documents.write(place.specUri, job);
  return { job, specUri: place.specUri };
};
