import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import type { TrainingResult } from '#contracts/training.ts';

const prefixed = (prefix: string, metrics: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(metrics).map(([name, value]) => [`${prefix}${name}`, value]);

/** What is compared between runs: test_*, val_*, the cross-validation score, sizes and times. */
export const resultMetrics = (result: TrainingResult): Record<string, number> =>
  Object.fromEntries([
    ...prefixed('test_', result.testMetrics),
    ...prefixed('val_', result.validationMetrics),
    ...prefixed('test_', result.confusionMatrix),
    ...prefixed('rows_', result.rows),
    ['cv_score', result.cvScore],
    ['threshold', result.threshold],
    ['training_seconds', result.seconds],
    ['onnx_bytes', result.onnx.bytes],
    ['parity_max_abs_diff', result.parity.maxAbsDiff],
  ]);

/** One point each, at the run's own time: logging it again adds nothing. */
export const pointsAt = (timestampMs: number, metrics: Readonly<Record<string, number>>): MetricPoint[] =>
  Object.entries(metrics).map(([key, value]) => ({ key, value, timestampMs, step: 0 }));

const trialPoints = (timestampMs: number, { trials }: TrainingResult): MetricPoint[] =>
  trials.map(({ number, score }) => ({ key: 'trial_score', value: score, timestampMs, step: number }));

const tagsOf = ({ candidate, onnx, parity, environment }: TrainingResult): Record<string, string> => ({
  candidate,
  onnxSha256: onnx.sha256,
  parityPassed: String(parity.passed),
  ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [`environment.${name}`, value])),
});

/** A training result as a run shows it. */
export const resultBatch = (result: TrainingResult, timestampMs: number): RunBatch => ({
  metrics: [...pointsAt(timestampMs, resultMetrics(result)), ...trialPoints(timestampMs, result)],
  params: Object.fromEntries(Object.entries(result.params).map(([name, value]) => [name, String(value)])),
  tags: tagsOf(result),
});
