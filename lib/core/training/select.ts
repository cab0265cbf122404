import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { loadProject, trainingPlan } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { createRun, finishRun } from '#core/tracking/index.ts';
import { byScore } from './best-candidate.ts';
import { failRun, refuse } from './fail-run.ts';
import { logInBatches } from './log-in-batches.ts';
import type { TrainingDeps } from './ports.ts';
import { pointsAt, resultBatch, resultMetrics } from './result-batch.ts';
import { type CandidateResult, failed, isUsable, type Problem, readResult } from './results.ts';
import { childRunId } from './run-ids.ts';
import { trainingPipeline } from './start-child.ts';

type Input = StepInput<typeof trainingSteps.select>;
type Output = StepOutput<typeof trainingSteps.select>;

/** Shows how a candidate ended on its run. One whose run somebody deleted is out of the choice: nothing can be logged. */
const logCandidate = async (deps: TrainingDeps, input: Input, ended: CandidateResult): Promise<CandidateResult> => {
  const { candidate } = ended.outcome;
  const runId = childRunId(deps.digest, input.execution, candidate);
  const startTimeMs = Date.parse(input.startedAt);
  const tags = { 'mlflow.parentRunId': input.runId, candidate };
  const run = { experimentId: input.experimentId, runId, runName: candidate, userId: trainingPipeline };
  const { info } = await createRun(deps.tracking, { ...run, startTimeMs, tags });
  if (info.lifecycleStage !== 'active') return { ...ended, problem: failed(`its run "${runId}" was deleted`) };
  if (ended.result) await logInBatches(deps.tracking, runId, resultBatch(ended.result, startTimeMs));
  if (ended.problem) await failRun(deps, runId, ended.problem);
  else await finishRun(deps.tracking, runId, { status: 'FINISHED' });
  return ended;
};

/** Parity before all; else what every candidate was refused for, where that is one thing. */
const commonCode = (ended: readonly CandidateResult[]): Problem['code'] => {
  const codes = new Set(ended.flatMap(({ problem }) => problem?.code ?? []));
  if (codes.has('PARITY_NOT_MET')) return 'PARITY_NOT_MET';
  const [only, ...others] = codes;
  return only !== undefined && others.length === 0 ? only : 'CANDIDATES_FAILED';
};

const noneLeft = ({ project }: Input, ended: readonly CandidateResult[]): PlatformError => {
  const reasons = Object.fromEntries(ended.map(({ outcome, problem }) => [outcome.candidate, problem?.reason ?? '']));
  const listed = Object.entries(reasons).map(([candidate, reason]) => `${candidate}: ${reason}`);
  const message =
    `no candidate of ${project} has a model that may be registered. ${listed.join('; ') || 'none was trained'}. ` +
    'Correct the cause or name other training.candidates, then train again';
  return new PlatformError(commonCode(ended), message, { reasons });
};

const showOnParent = async (deps: TrainingDeps, input: Input, best: TrainingResult): Promise<string> => {
  const childId = childRunId(deps.digest, input.execution, best.candidate);
  await logInBatches(deps.tracking, input.runId, {
    metrics: pointsAt(Date.parse(input.startedAt), resultMetrics(best)),
    params: {},
    tags: { candidate: best.candidate, childRunId: childId },
  });
  return childId;
};

/**
 * Logs every candidate as a child run and names the best by the project's metric: the stack only where it is better
 * than all. A candidate whose graph does not agree with its Python model counts as failed.
 * @throws when none is left: PARITY_NOT_MET when parity took at least one of them out, what all were refused for where
 * that is one thing, e.g. LEAKAGE_SUSPECTED, else CANDIDATES_FAILED
 */
export const select = async (deps: TrainingDeps, input: Input): Promise<Output> => {
  const { project } = await loadProject(deps.projects, input.project, input.projectVersion);
  const left = await Promise.all(input.candidates.map((outcome) => readResult(deps.documents, outcome)));
  const ended: CandidateResult[] = [];
  for (const candidate of left) ended.push(await logCandidate(deps, input, candidate));
  const order = byScore(trainingPlan(project).metric);
  const [best] = ended.filter(isUsable).sort((a, b) => order(a.result, b.result));
  if (!best) return refuse(deps, input.runId, noneLeft(input, ended));
  const childId = await showOnParent(deps, input, best.result);
  const { candidate, cvScore } = best.result;
  return { candidate, childRunId: childId, outputUri: best.outcome.outputUri, cvScore };
};
