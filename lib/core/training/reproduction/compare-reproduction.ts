import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { PlatformError } from '#core/shared/index.ts';
import { finishRun, requireRun } from '#core/tracking/index.ts';
import { refuse } from '../fail-run.ts';
import { logInBatches } from '../log-in-batches.ts';
import type { RunDeps } from '../ports.ts';
import { pointsAt, resultBatch } from '../result-batch.ts';
import { readResult } from '../results.ts';
import { originalRun } from './original-run.ts';

type Input = StepInput<typeof trainingSteps.compareReproduction>;
type Output = StepOutput<typeof trainingSteps.compareReproduction>;
type Figures = Readonly<Record<string, number>>;

const NOTHING = 'nothing';

/** Facts that differ: "xgboost: 3.2.0, again 3.3.0". */
const environmentDifferences = (
  before: Readonly<Record<string, string>>,
  again: Readonly<Record<string, string>>,
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(again)])]
    .sort()
    .filter((name) => before[name] !== again[name])
    .map((name) => `${name}: ${before[name] ?? NOTHING}, again ${again[name] ?? NOTHING}`);

const largestDifference = (before: Figures, again: Figures): number =>
  Math.max(0, ...Object.entries(before).map(([name, value]) => Math.abs((again[name] ?? value) - value)));

/** @example compareResults(result, result).reproduced // true */
export const compareResults = (original: TrainingResult, again: TrainingResult): Omit<Output, 'runId'> => ({
  reproduced: original.onnx.sha256 === again.onnx.sha256,
  onnxSha256: { original: original.onnx.sha256, again: again.onnx.sha256 },
  differences: environmentDifferences(original.environment, again.environment),
  maxMetricDifference: largestDifference(original.testMetrics, again.testMetrics),
});

const againOf = async (deps: RunDeps, input: Input): Promise<TrainingResult> => {
  const [outcome] = input.candidates;
  const ended = outcome && (await readResult(deps.documents, outcome));
  if (ended?.result && !ended.problem) return ended.result;
  const { code, reason } = ended?.problem ?? { code: 'CANDIDATES_FAILED', reason: 'no task was started' };
  const message = `run "${input.reproduce}" was not made once more: ${reason}; correct the cause and ask again`;
  return refuse(deps, input.runId, new PlatformError(code, message, { runId: input.reproduce }));
};

/**
 * Says whether both runs made the same bytes and what differs between them, on the run of the reproduction too.
 * @throws CANDIDATES_FAILED, PARITY_NOT_MET when it was not made once more; RUN_NOT_REPRODUCIBLE
 */
export const compareReproduction = async (deps: RunDeps, input: Input): Promise<Output> => {
  const { runId } = input;
  const again = await againOf(deps, input);
  const original = await originalRun(deps, input.project, input.reproduce);
  const compared = compareResults(original.result, again);
  const { startTimeMs } = await requireRun(deps.tracking, runId);
  const { metrics, params, tags } = resultBatch(again, startTimeMs);
  await logInBatches(deps.tracking, runId, {
    metrics: [...metrics, ...pointsAt(startTimeMs, { max_metric_difference: compared.maxMetricDifference })],
    params,
    tags: {
      ...tags,
      reproduced: String(compared.reproduced),
      originalOnnxSha256: compared.onnxSha256.original,
      differences: compared.differences.join('\n'),
    },
  });
  await finishRun(deps.tracking, runId, { status: 'FINISHED' });
  return { ...compared, runId };
};
