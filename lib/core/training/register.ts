import { GateReport } from '#contracts/gates.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { registerVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { finishRun, getRun, logBatch } from '#core/tracking/index.ts';
import { gateReportUri, gateTags } from './gates/index.ts';
import type { RegisterDeps } from './ports.ts';
import { readQuietly, resultBelow } from './results.ts';
import { trainingPipeline } from './start-child.ts';
import { cardUris, writeCard } from './write-card.ts';

type Input = StepInput<typeof trainingSteps.register>;
type Output = StepOutput<typeof trainingSteps.register>;

/** The verdicts of this training. @throws GATE_NOT_MET when there are none, or not all of them passed */
const passedGate = async (deps: RegisterDeps, { runId, candidate }: Input): Promise<GateReport> => {
  const uri = gateReportUri(await getRun(deps.tracking, runId));
  const parsed = GateReport.safeParse(await readQuietly(deps.documents, uri));
  if (parsed.success && parsed.data.passed && parsed.data.candidate === candidate) return parsed.data;
  const message = `${uri} does not say that ${candidate} passed the gate: nothing is registered; train again`;
  throw new PlatformError('GATE_NOT_MET', message, { uri });
};

const proven = (result: TrainingResult): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(result.testMetrics).map(([name, value]) => [`test_${name}`, String(value)])),
  problem: result.problem,
  metric: result.metric,
  cv_score: String(result.cvScore),
  ...(result.threshold !== undefined && { threshold: String(result.threshold) }),
  // By it serving knows its model.
  onnxSha256: result.onnx.sha256,
});

/** Largest difference in each runtime: `parity.onnxruntime-node`. */
const parityTags = ({ verdicts }: GateReport): Record<string, string> =>
  Object.fromEntries(
    verdicts.filter(({ gate }) => gate === 'parity').map(({ name, value }) => [`parity.${name}`, String(value)]),
  );

const lineage = (input: Input): Record<string, string> => ({
  project: input.project,
  projectVersion: String(input.projectVersion),
  candidate: input.candidate,
  trainingDatasetId: input.trainingDatasetId,
  referenceDatasetId: input.referenceDatasetId,
  parentRunId: input.runId,
  execution: input.execution,
  reason: input.reason,
});

const tagsOf = (input: Input, result: TrainingResult, gate: GateReport): Record<string, string> => {
  const { html, markdown } = cardUris(input);
  return {
    ...lineage(input),
    ...proven(result),
    ...gateTags(gate),
    ...parityTags(gate),
    card: html,
    cardText: markdown,
  };
};

/**
 * Makes the chosen candidate the next version of the model that bears the project's name, writes its card and ends the
 * parent run. One version an execution, however often it is asked.
 * @throws GATE_NOT_MET for a candidate that no gate let through
 */
export const register = async (deps: RegisterDeps, input: Input): Promise<Output> => {
  const { project: name, runId, childRunId } = input;
  const gate = await passedGate(deps, input);
  const result = await resultBelow(deps.documents, input.outputUri);
  const { version, creationTimeMs } = await registerVersion(deps.registry, {
    name,
    source: `${input.outputUri}${trainingFiles.model}`,
    runId: childRunId,
    description: `${input.candidate}, trained by ${input.execution}: ${input.reason}`,
    tags: tagsOf(input, result, gate),
    by: trainingPipeline,
    idempotencyKey: runId,
    rollout: true,
  });
  await writeCard(deps, { input, version, madeAt: new Date(creationTimeMs).toISOString(), result, gate });
  await logBatch(deps.tracking, runId, {
    metrics: [],
    params: {},
    tags: { model: name, modelVersion: String(version) },
  });
  await finishRun(deps.tracking, runId, { status: 'FINISHED' });
  return { model: name, version };
};
