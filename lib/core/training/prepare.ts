import type { DatasetManifest } from '#contracts/datasets.ts';
import type { Algorithm, ProjectVersion } from '#contracts/project.ts';
import type { StepInput, StepOutput, trainingSteps } from '#contracts/steps.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { createRun, ensureExperiment, logBatch, logInputs } from '#core/tracking/index.ts';
import { trainingContract } from '#core/validation/index.ts';
import { gitTags } from './git-tags.ts';
import type { PrepareDeps } from './ports.ts';
import { childRunId, parentRunId } from './run-ids.ts';
import { newestSources } from './source-datasets.ts';
import { type JobPlace, jobPlace, trainingJob } from './training-job.ts';
import { makeTrainingSet } from './training-set.ts';

type Input = StepInput<typeof trainingSteps.prepare>;
type Output = StepOutput<typeof trainingSteps.prepare>;

/** Who the pipeline's runs and versions are by. */
export const trainingPipeline = 'training-pipeline';

interface Prepared {
  readonly input: Input;
  readonly version: ProjectVersion;
  readonly data: DatasetManifest;
  readonly reference: DatasetManifest;
}

const paramsOf = ({ version: { project } }: Prepared): Record<string, string> => {
  const { metric, trials, timeoutSeconds, folds, seed, split, candidates } = project.training;
  const shares = `${split.train}/${split.validation}/${split.test}`;
  const params = { metric, trials, timeoutSeconds, folds, seed, split: shares, candidates: candidates.join(',') };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
};

// Data sets and versions are tags: a retried step may see newer ones, and a parameter cannot change.
const tagsOf = (codeVersion: string, { input, version, data, reference }: Prepared): Record<string, string> => ({
  ...gitTags(version.git),
  'mlflow.source.name': 'training',
  'platform.codeVersion': codeVersion,
  project: input.project,
  projectVersion: String(version.version),
  execution: input.execution,
  reason: input.reason,
  trainingDatasetId: data.datasetId,
  referenceDatasetId: reference.datasetId,
  rows: String(data.rowCount),
});

const inputOf = ({ datasetId, kind, uri }: DatasetManifest) => ({
  name: kind,
  digest: datasetId,
  sourceType: 's3',
  source: JSON.stringify({ uri }),
  tags: { 'mlflow.data.context': kind },
});

const startParent = async (deps: PrepareDeps, prepared: Prepared, experimentId: string): Promise<string> => {
  const { execution, startedAt } = prepared.input;
  const runId = parentRunId(deps.digest, execution);
  const times = { startTimeMs: Date.parse(startedAt) };
  await createRun(deps.tracking, { experimentId, runId, runName: execution, userId: trainingPipeline, ...times });
  const tags = tagsOf(deps.datasets.codeVersion, prepared);
  await logBatch(deps.tracking, runId, { metrics: [], params: paramsOf(prepared), tags });
  await logInputs(deps.tracking, runId, { datasets: [inputOf(prepared.data), inputOf(prepared.reference)] });
  return runId;
};

const startChild = async (
  deps: PrepareDeps,
  prepared: Prepared,
  { experiment, runId, candidate }: { experiment: Experiment; runId: string; candidate: Algorithm },
): Promise<JobPlace> => {
  const childId = childRunId(deps.digest, prepared.input.execution, candidate);
  await createRun(deps.tracking, {
    experimentId: experiment.experimentId,
    runId: childId,
    runName: candidate,
    userId: trainingPipeline,
    startTimeMs: Date.parse(prepared.input.startedAt),
    tags: { ...tagsOf(deps.datasets.codeVersion, prepared), 'mlflow.parentRunId': runId, candidate },
  });
  const place = jobPlace(experiment.artifactLocation, { runId, childRunId: childId, candidate });
  await deps.documents.write(place.specUri, trainingJob(prepared.version, prepared.data, place));
  return place;
};
type Experiment = Awaited<ReturnType<typeof ensureExperiment>>;

/** The newest version, but a retried step stays with the one that its run began with. */
const projectOf = async (deps: PrepareDeps, { execution, project }: Input): Promise<ProjectVersion> => {
  const begun = await deps.tracking.tracking.findRun(parentRunId(deps.digest, execution));
  const version = begun?.tags.projectVersion;
  return loadProject(deps.projects, project, version === undefined ? undefined : Number(version));
};

/**
 * Makes the training set and everything the candidates need: a parent run, a child run each, a job spec each. Asked again
 * for the same execution it answers the same ids.
 * @throws PROJECT_NOT_FOUND, DATASET_NOT_FOUND, CONTRACT_NOT_MET, COLUMN_MISSING, TYPE_MISMATCH, TOO_FEW_ROWS, LABEL_HAS_ONE_CLASS
 */
export const prepare = async (deps: PrepareDeps, input: Input): Promise<Output> => {
  const version = await projectOf(deps, input);
  const { features, reference } = await newestSources(deps.datasets.catalog, input.project);
  const data = await makeTrainingSet(deps, version, features);
  await trainingContract({ ...deps.datasets, engine: deps.engine, reports: deps.reports }, version, features);
  const prepared = { input, version, data, reference };
  const experiment = await ensureExperiment(deps.tracking, { name: input.project, tags: { project: input.project } });
  const runId = await startParent(deps, prepared, experiment.experimentId);
  const jobs: JobPlace[] = [];
  for (const candidate of new Set(version.project.training.candidates))
    jobs.push(await startChild(deps, prepared, { experiment, runId, candidate }));
  return {
    project: input.project,
    projectVersion: version.version,
    experimentId: experiment.experimentId,
    runId,
    trainingDatasetId: data.datasetId,
    referenceDatasetId: reference.datasetId,
    rowCount: data.rowCount,
    jobs: jobs.map(({ candidate, specUri, outputUri }) => ({ candidate, specUri, outputUri })),
  };
};
