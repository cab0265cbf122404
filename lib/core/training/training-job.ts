import type { DatasetManifest } from '#contracts/datasets.ts';
import type { Algorithm, ProjectVersion } from '#contracts/project.ts';
import type { TrainingJob } from '#contracts/training.ts';
import { trainedParts, trainedViews } from '#core/features/index.ts';
import { splitColumn } from './split.ts';
import { splitPlanOf } from './training-set.ts';

/** Addresses of a candidate's job: its spec lies beside the parent run, its outputs are the child run's artifacts. */
export interface JobPlace {
  readonly candidate: Algorithm;
  readonly childRunId: string;
  readonly specUri: string;
  readonly outputUri: string;
}

/** @param experimentUri s3://bucket/{experimentId}, without a slash at its end */
export const jobPlace = (
  experimentUri: string,
  runs: { runId: string; childRunId: string; candidate: Algorithm },
): JobPlace => ({
  candidate: runs.candidate,
  childRunId: runs.childRunId,
  specUri: `${experimentUri}/${runs.runId}/jobs/${runs.candidate}.json`,
  outputUri: `${experimentUri}/${runs.childRunId}/artifacts/`,
});

/** What a training task is told to do. */
export const trainingJob = ({ project }: ProjectVersion, data: DatasetManifest, place: JobPlace): TrainingJob => {
  const plan = splitPlanOf(project);
  const { metric, trials, timeoutSeconds, folds, seed } = project.training;
  const onDemand = trainedParts(project);
  return {
    runId: place.childRunId,
    candidate: place.candidate,
    project: project.name,
    dataUri: data.uri,
    outputUri: place.outputUri,
    entityKey: plan.key,
    inputs: [...plan.inputs],
    label: { name: plan.label.name, positive: plan.label.positive },
    splitColumn: splitColumn(plan),
    metric,
    search: { trials, timeoutSeconds, folds },
    seed,
    ...(onDemand && { onDemand }),
    views: trainedViews(project),
    ...(project.serving.threshold !== undefined && { threshold: project.serving.threshold }),
  };
};
