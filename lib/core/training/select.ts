import type { StepInput, StepOutput, trainingSteps } from '#contracts/steps.ts';
import type { TrainingResult } from '#contracts/training.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { createRun, finishRun, logBatch } from '#core/tracking/index.ts';
import { byScore } from './best-candidate.ts';
import { failRun, refuse } from './fail-run.ts';
import type { TrainingDeps } from './ports.ts';
import { trainingPipeline } from './prepare.ts';
import { pointsAt, resultBatch, resultMetrics } from './result-batch.ts';
import { type CandidateResult, readResult } from './results.ts';
import { childRunId } from './run-ids.ts';

type Input = StepInput<typeof trainingSteps.select>;
type Output = StepOutput<typeof trainingSteps.select>;

const logCandidate = async (deps: TrainingDeps, input: Input, ended: CandidateResult): Promise<void> => {
  const { candidate } = ended.outcome;
  const runId = childRunId(deps.digest, input.execution, candidate);
  const startTimeMs = Date.parse(input.startedAt);
  const tags = { 'mlflow.parentRunId': input.runId, candidate };
  const run = { experimentId: input.experimentId, runId, runName: candidate, userId: trainingPipeline };
  await createRun(deps.tracking, { ...run, startTimeMs, tags });
  if (ended.result) await logBatch(deps.tracking, runId, resultBatch(ended.result, startTimeMs));
  if (ended.problem) await failRun(deps, runId, ended.problem);
  else await finishRun(deps.tracking, runId, { status: 'FINISHED' });
};

const noneLeft = ({ project }: Input, ended: readonly CandidateResult[]): PlatformError => {
  const reasons = Object.fromEntries(ended.map(({ outcome, problem }) => [outcome.candidate, problem?.reason ?? '']));
  const listed = Object.entries(reasons).map(([candidate, reason]) => `${candidate}: ${reason}`);
  const byParity = ended.some(({ problem }) => problem?.code === 'PARITY_NOT_MET');
  const code = byParity ? 'PARITY_NOT_MET' : 'CANDIDATES_FAILED';
  const message =
    `no candidate of ${project} has a model that may be registered. ${listed.join('; ') || 'none was trained'}. ` +
    'Correct the cause or name other training.candidates, then train again';
  return new PlatformError(code, message, { reasons });
};

const showOnParent = async (deps: TrainingDeps, input: Input, best: TrainingResult): Promise<string> => {
  const childId = childRunId(deps.digest, input.execution, best.candidate);
  await logBatch(deps.tracking, input.runId, {
    metrics: pointsAt(Date.parse(input.startedAt), resultMetrics(best)),
    params: {},
    tags: { candidate: best.candidate, childRunId: childId },
  });
  return childId;
};

const isUsable = (ended: CandidateResult): ended is Extract<CandidateResult, { problem?: undefined }> =>
  ended.problem === undefined;

/**
 * Logs every candidate as a child run and names the best by the project's metric. A candidate whose graph does not
 * agree with its Python model counts as failed.
 * @throws CANDIDATES_FAILED when none is left; PARITY_NOT_MET when parity is what took at least one of them out
 */
export const select = async (deps: TrainingDeps, input: Input): Promise<Output> => {
  const { project } = await loadProject(deps.projects, input.project, input.projectVersion);
  const ended = await Promise.all(input.candidates.map((outcome) => readResult(deps.documents, outcome)));
  for (const candidate of ended) await logCandidate(deps, input, candidate);
  const order = byScore(project.training.metric);
  const [best] = ended.filter(isUsable).sort((a, b) => order(a.result, b.result));
  if (!best) return refuse(deps, input.runId, noneLeft(input, ended));
  const childId = await showOnParent(deps, input, best.result);
  const { candidate, cvScore } = best.result;
  return { candidate, childRunId: childId, outputUri: best.outcome.outputUri, cvScore };
};
