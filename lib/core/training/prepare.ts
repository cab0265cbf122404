import type { DatasetManifest } from '#contracts/datasets.ts';
import type { CandidateName } from '#contracts/problems.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { DatasetInput } from '#contracts/tracking.ts';
import type { TrainingJob, TrainingTask } from '#contracts/training.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { loadProject, trainingPlan } from '#core/pipelines/index.ts';
import { createRun, ensureExperiment, logBatch, logInputs } from '#core/tracking/index.ts';
import { trainingContract } from '#core/validation/index.ts';
import { makeTrainingSet, newestSources } from './data-set/index.ts';
import { inProduction } from './gates/index.ts';
import { gitTags } from './git-tags.ts';
import type { PrepareDeps } from './ports.ts';
import { optionsOf } from './run-facts.ts';
import { parentRunId } from './run-ids.ts';
import { startChild, trainingPipeline } from './start-child.ts';
import { type JobPlace, trainingJob, trainingTask } from './training-job.ts';

type Input = StepInput<typeof trainingSteps.prepare>;
type Output = StepOutput<typeof trainingSteps.prepare>;

/** What the tag productionVersion says while no comparison is asked for. */
const NOTHING = 'none';

interface Prepared {
  readonly input: Input;
  readonly version: ProjectVersion;
  readonly data: DatasetManifest;
  readonly reference: DatasetManifest;
  readonly production: TrainingJob['production'];
}

// Data sets and versions are tags: a retried step may see newer ones, and a parameter cannot change.
const tagsOf = (
  codeVersion: string,
  { input, version, data, reference, production }: Prepared,
): Record<string, string> => ({
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
  // The gate asks for this comparison and no other.
  productionVersion: production === undefined ? NOTHING : String(production.version),
});

const inputOf = ({ datasetId, kind, uri }: DatasetManifest) => ({
  name: kind,
  digest: datasetId,
  sourceType: 's3',
  source: JSON.stringify({ uri }),
  tags: { 'mlflow.data.context': kind },
});

interface Parent {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly tags: Record<string, string>;
  readonly datasets: DatasetInput[];
}

const startParent = async (deps: PrepareDeps, prepared: Prepared): Promise<Parent> => {
  const { execution, startedAt, project } = prepared.input;
  const experiment = await ensureExperiment(deps.tracking, { name: project, tags: { project } });
  const { experimentId } = experiment;
  const runId = parentRunId(deps.digest, execution);
  const times = { startTimeMs: Date.parse(startedAt) };
  await createRun(deps.tracking, { experimentId, runId, runName: execution, userId: trainingPipeline, ...times });
  const tags = tagsOf(deps.datasets.codeVersion, prepared);
  await logBatch(deps.tracking, runId, { metrics: [], params: optionsOf(prepared.version.project), tags });
  const datasets = [inputOf(prepared.data), inputOf(prepared.reference)];
  await logInputs(deps.tracking, runId, { datasets });
  return { experiment, runId, tags, datasets };
};

const startCandidate = async (
  deps: PrepareDeps,
  { input, version, data, production }: Prepared,
  { parent, candidate }: { parent: Parent; candidate: CandidateName },
): Promise<TrainingTask> => {
  const { execution, startedAt } = input;
  const basis = { data, ...(production && { production }) };
  const job = (place: JobPlace): TrainingJob => trainingJob(version, basis, place);
  const started = await startChild(deps, { execution, startedAt, ...parent, candidate, job });
  return trainingTask(version.project, started.job, started.specUri);
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
  const production = await inProduction(deps, version.project);
  const prepared = { input, version, data, reference, production };
  const parent = await startParent(deps, prepared);
  const jobs: TrainingTask[] = [];
  for (const candidate of trainingPlan(version.project).candidates)
    jobs.push(await startCandidate(deps, prepared, { parent, candidate }));
  return {
    project: input.project,
    projectVersion: version.version,
    experimentId: parent.experiment.experimentId,
    runId: parent.runId,
    trainingDatasetId: data.datasetId,
    referenceDatasetId: reference.datasetId,
    rowCount: data.rowCount,
    jobs,
  };
};
