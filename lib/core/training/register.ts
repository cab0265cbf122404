import type { StepInput, StepOutput, trainingSteps } from '#contracts/steps.ts';
import { trainingFiles } from '#contracts/training.ts';
import { ensureModel, registerVersion } from '#core/registry/index.ts';
import { finishRun, getRun, logBatch } from '#core/tracking/index.ts';
import type { RegisterDeps } from './ports.ts';
import { trainingPipeline } from './prepare.ts';

type Input = StepInput<typeof trainingSteps.register>;
type Output = StepOutput<typeof trainingSteps.register>;

/** What the child run proved, and the sha256 by which serving knows its model. */
const resultTags = async ({ tracking }: RegisterDeps, runId: string): Promise<Record<string, string>> => {
  const { metrics, tags } = await getRun(tracking, runId);
  const { onnxSha256 } = tags;
  const tests = metrics.filter(({ key }) => key.startsWith('test_'));
  const proven = Object.fromEntries(tests.map(({ key, value }) => [key, String(value)]));
  return { ...proven, ...(onnxSha256 !== undefined && { onnxSha256 }) };
};

const tagsOf = (input: Input, metrics: Record<string, string>): Record<string, string> => ({
  project: input.project,
  projectVersion: String(input.projectVersion),
  candidate: input.candidate,
  trainingDatasetId: input.trainingDatasetId,
  referenceDatasetId: input.referenceDatasetId,
  parentRunId: input.runId,
  execution: input.execution,
  reason: input.reason,
  ...metrics,
});

/**
 * Makes the chosen candidate the next version of the model that bears the project's name, and ends the parent run. One
 * version an execution, however often it is asked.
 */
export const register = async (deps: RegisterDeps, input: Input): Promise<Output> => {
  const { project: name, runId, childRunId } = input;
  await ensureModel(deps.registry, name);
  const { version } = await registerVersion(deps.registry, {
    name,
    source: `${input.outputUri}${trainingFiles.model}`,
    runId: childRunId,
    description: `${input.candidate}, trained by ${input.execution}: ${input.reason}`,
    tags: tagsOf(input, await resultTags(deps, childRunId)),
    by: trainingPipeline,
    idempotencyKey: runId,
    rollout: true,
  });
  await logBatch(deps.tracking, runId, {
    metrics: [],
    params: {},
    tags: { model: name, modelVersion: String(version) },
  });
  await finishRun(deps.tracking, runId, { status: 'FINISHED' });
  return { model: name, version };
};
