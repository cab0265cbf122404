import type { Metric } from '#contracts/problems.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { Run } from '#contracts/tracking.ts';
import { TrainingJob } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { loadProject, trainingPlan } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getExperiment, getRun } from '#core/tracking/index.ts';
import { byScore } from './best-candidate.ts';
import type { TrainingDeps } from './ports.ts';
import { isUsable, readResult, type UsableResult } from './results.ts';
import { childRunId } from './run-ids.ts';
import { startChild } from './start-child.ts';
import { gpusOf, type JobPlace, jobPlace, trainingTask } from './training-job.ts';

type Input = StepInput<typeof trainingSteps.stack>;
type Output = StepOutput<typeof trainingSteps.stack>;
type Bases = NonNullable<TrainingJob['stack']>;

const STACKING = 'stacking';
const FEWEST = 2;

const baseOf = ({ candidate, params }: TrainingResult): Bases =>
  candidate === STACKING ? [] : [{ candidate, params }];

/** The best candidates that may be stacked, best first; none where there are fewer than two. */
const basesOf = (usable: readonly UsableResult[], metric: Metric, best: number): Bases => {
  const results = usable.map(({ result }) => result).sort(byScore(metric));
  const bases = results.flatMap(baseOf).slice(0, best);
  return bases.length < FEWEST ? [] : bases;
};

/** The job of a candidate that has ended: but for what it trains, a stack's job is the same. */
const jobOfOther = async (deps: TrainingDeps, experimentUri: string, input: Input): Promise<TrainingJob> => {
  const [first] = input.candidates;
  const childId = first && childRunId(deps.digest, input.execution, first.candidate);
  const place = childId && jobPlace(experimentUri, { ...input, candidate: first.candidate, childRunId: childId });
  const parsed = TrainingJob.safeParse(place && (await deps.documents.read(place.specUri)));
  if (parsed.success) return parsed.data;
  const uri = place ? place.specUri : experimentUri;
  throw new PlatformError('CANDIDATES_FAILED', `${uri} is gone or not a training job; train again`, { uri });
};

const tagsOf = ({ tags: { 'mlflow.runName': _name, ...tags } }: Run): Record<string, string> => tags;

/**
 * Starts the stack of the best candidates. It answers no job where the project wants none, where it has ended already,
 * and where fewer than two candidates have a model.
 */
export const stack = async (deps: TrainingDeps, input: Input): Promise<Output> => {
  const { project } = await loadProject(deps.projects, input.project, input.projectVersion);
  const { stacked, metric } = trainingPlan(project);
  if (stacked === 0 || input.candidates.some(({ candidate }) => candidate === STACKING)) return { jobs: [] };
  const ended = await Promise.all(input.candidates.map((outcome) => readResult(deps.documents, outcome)));
  const bases = basesOf(ended.filter(isUsable), metric, stacked);
  if (bases.length === 0) return { jobs: [] };
  const experiment = await getExperiment(deps.tracking, input.experimentId);
  const other = await jobOfOther(deps, experiment.artifactLocation, input);
  const parent = await getRun(deps.tracking, input.runId);
  const job = ({ childRunId: runId, candidate, outputUri }: JobPlace): TrainingJob => {
    const own = { ...other, runId, candidate, outputUri, stack: bases };
    return { ...own, gpu: gpusOf(project, own) };
  };
  const child = {
    ...input,
    experiment,
    candidate: STACKING,
    tags: tagsOf(parent),
    datasets: parent.inputs,
    job,
  } as const;
  const started = await startChild(deps, child);
  return { jobs: [trainingTask(project, started.job, started.specUri)] };
};
