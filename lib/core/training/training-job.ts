import type { DatasetManifest } from '#contracts/datasets.ts';
import type { CandidateName } from '#contracts/problems.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import type { TrainingJob, TrainingTask } from '#contracts/training.ts';
import { trainedParts, trainedViews } from '#core/features/index.ts';
import { trainingPlan } from '#core/pipelines/index.ts';
import { splitColumn, splitPlanOf } from './data-set/index.ts';

/** Addresses of a candidate's job: its spec lies beside the parent run, its outputs are the child run's artifacts. */
export interface JobPlace {
  readonly candidate: CandidateName;
  readonly childRunId: string;
  readonly specUri: string;
  readonly outputUri: string;
}

/** @param experimentUri s3://bucket/{experimentId}, without a slash at its end */
export const jobPlace = (
  experimentUri: string,
  runs: { runId: string; childRunId: string; candidate: CandidateName },
): JobPlace => ({
  candidate: runs.candidate,
  childRunId: runs.childRunId,
  specUri: `${experimentUri}/${runs.runId}/jobs/${runs.candidate}.json`,
  outputUri: `${experimentUri}/${runs.childRunId}/artifacts/`,
});

/** What all candidates of a training have in common. */
export interface JobBasis {
  readonly data: Pick<DatasetManifest, 'datasetId' | 'uri'>;
  /** Where a version is in production and the project has gates against it. */
  readonly production?: TrainingJob['production'];
}

/** GPUs that a job can use: XGBoost alone trains on one. */
export const gpusOf = (
  { training }: Project,
  { candidate, stack = [] }: Pick<TrainingJob, 'candidate' | 'stack'>,
): number => ([candidate, ...stack.map((base) => base.candidate)].includes('xgboost') ? training.compute.gpu : 0);

/** What was said for two classes alone. */
const forTwoClasses = ({ problem, fairness, serving }: Project): Pick<TrainingJob, 'fairness' | 'threshold'> => {
  if (problem !== 'binary-classification') return {};
  const { columns = [], minimumGroupRows = 0 } = fairness ?? {};
  return {
    ...(fairness && { fairness: { columns, minimumGroupRows } }),
    ...(serving.threshold !== undefined && { threshold: serving.threshold }),
  };
};

/** What a training task is told to do. */
export const trainingJob = (
  { project }: ProjectVersion,
  { data, production }: JobBasis,
  place: JobPlace,
): TrainingJob => {
  const plan = splitPlanOf(project);
  const { trials, timeoutSeconds, folds, pruning, seed, classWeight, calibration } = project.training;
  const onDemand = trainedParts(project);
  const { name, positive } = project.label;
  return {
    runId: place.childRunId,
    candidate: place.candidate,
    problem: project.problem,
    project: project.name,
    dataUri: data.uri,
    datasetId: data.datasetId,
    outputUri: place.outputUri,
    entityKey: plan.key,
    inputs: [...plan.inputs],
    label: { name, ...(project.problem === 'binary-classification' && { positive }) },
    splitColumn: splitColumn(plan),
    metric: trainingPlan(project).metric,
    search: { trials, timeoutSeconds, folds, pruning },
    seed,
    classWeight,
    calibration,
    thresholdRule: project.training.threshold,
    ...forTwoClasses(project),
    trustedFeatures: project.training.trustedFeatures,
    ...(production && { production }),
    gpu: gpusOf(project, place),
    ...(onDemand && { onDemand }),
    views: trainedViews(project),
  };
};

/** Where a job is to run. */
export const trainingTask = (
  { training }: Project,
  { candidate, outputUri, gpu }: Pick<TrainingJob, 'candidate' | 'outputUri' | 'gpu'>,
  specUri: string,
): TrainingTask => {
  const { on, instanceType, volumeGiB } = training.compute;
  return {
    candidate,
    specUri,
    outputUri,
    on,
    gpu: gpu > 0,
    ...(instanceType !== undefined && { instanceType }),
    volumeGiB,
  };
};
