import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import type { Interval, TrainingResult } from '#contracts/training-result.ts';
import { trialPoints } from './trial-points.ts';

type Figures = Readonly<Record<string, number | null | undefined>>;

const prefixed = (prefix: string, metrics: Figures): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) =>
      typeof value === 'number' ? [[`${prefix}${name}`, value] as const] : [],
    ),
  );

/** Counts of two classes by their usual names; those of more stand in result.json. */
const confusion = ({ confusionMatrix }: TrainingResult): Figures => {
  if (confusionMatrix?.classes.length !== 2) return {};
  const [[tn, fp] = [], [fn, tp] = []] = confusionMatrix.counts;
  return { tn, fp, fn, tp };
};

const counts = ({ rows, trials, warnings, onnx }: TrainingResult): Record<string, number> => ({
  ...prefixed('rows_', rows),
  trials_complete: trials.filter(({ state }) => state === 'complete').length,
  trials_pruned: trials.filter(({ state }) => state === 'pruned').length,
  warnings: warnings.length,
  onnx_bytes: onnx.bytes,
});

const parity = ({ maxAbsDiff, labelMismatches, computedMismatches, rows }: TrainingResult['parity']): Figures => ({
  max_abs_diff: maxAbsDiff,
  label_mismatches: labelMismatches,
  computed_mismatches: computedMismatches,
  rows,
});

/** What is compared between runs: test_*, val_*, the cross-validation score, sizes, times and cost. */
export const resultMetrics = (result: TrainingResult): Record<string, number> => ({
  ...prefixed('test_', result.testMetrics),
  ...prefixed('val_', result.validationMetrics),
  ...prefixed('test_', confusion(result)),
  ...counts(result),
  ...prefixed('parity_', parity(result.parity)),
  ...prefixed('', {
    cv_score: result.cvScore,
    threshold: result.threshold,
    calibration_log_loss_before: result.calibration?.logLossBefore,
    calibration_log_loss_after: result.calibration?.logLossAfter,
    search_seconds: result.searchSeconds,
    training_seconds: result.seconds,
    cost_usd: result.costUsd,
  }),
});

const spread = (name: string, { value, low, high }: Interval): Record<string, number> =>
  prefixed(name, { '': value, '/low': low, '/high': high });

const fairness = (result: TrainingResult): Record<string, number> =>
  Object.assign(
    {},
    ...(result.fairness?.columns ?? []).map(({ column, demographicParityRatio, equalizedOddsDifference }) => ({
      ...spread(`fairness/${column}/demographic_parity_ratio`, demographicParityRatio),
      ...spread(`fairness/${column}/equalized_odds_difference`, equalizedOddsDifference),
    })),
  );

const production = (result: TrainingResult): Record<string, number> =>
  Object.assign(
    {},
    ...(result.production?.metrics ?? []).map((compared) => ({
      [`production/${compared.metric}`]: compared.production,
      ...spread(`production/${compared.metric}/gain`, compared.gain),
      [`production/${compared.metric}/share_worse`]: compared.shareWorse,
    })),
  );

// A wide table has thousands; all of them stand in result.json.
const MOST_COLUMNS = 100;
const greatest = (prefix: string, values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values)
      .toSorted(([a, x], [b, y]) => Math.abs(y) - Math.abs(x) || (a < b ? -1 : 1))
      .slice(0, MOST_COLUMNS)
      .map(([name, value]) => [`${prefix}${name}`, value]),
  );

/** What tells of one candidate alone: importances, groups of people, the version in production. */
const evidence = (result: TrainingResult): Record<string, number> => ({
  ...greatest('importance/', result.importances),
  ...greatest('shap/', result.shapImportances),
  ...fairness(result),
  ...production(result),
});

/** One point each, at the run's own time: logging it again adds nothing. */
export const pointsAt = (timestampMs: number, metrics: Readonly<Record<string, number>>): MetricPoint[] =>
  Object.entries(metrics).map(([key, value]) => ({ key, value, timestampMs, step: 0 }));

const foldPoints = (timestampMs: number, { foldScores }: TrainingResult): MetricPoint[] =>
  foldScores.map((value, step) => ({ key: 'fold_score', value, timestampMs, step }));

const told = (result: TrainingResult): Record<string, string> => ({
  ...(result.calibration && { calibration: result.calibration.method }),
  ...(result.warnings.length > 0 && {
    warnings: result.warnings.map(({ code, message }) => `${code}: ${message}`).join('\n'),
  }),
  ...(result.production?.notComparable !== undefined && { notComparable: result.production.notComparable }),
  ...(result.plots.length > 0 && { plots: result.plots.join(',') }),
});

const tagsOf = (result: TrainingResult): Record<string, string> => ({
  candidate: result.candidate,
  problem: result.problem,
  onnxSha256: result.onnx.sha256,
  parityPassed: String(result.parity.passed),
  ...told(result),
  ...Object.fromEntries(Object.entries(result.environment).map(([name, value]) => [`environment.${name}`, value])),
});

/** A training result as its run shows it. */
export const resultBatch = (result: TrainingResult, timestampMs: number): RunBatch => ({
  metrics: [
    ...pointsAt(timestampMs, { ...resultMetrics(result), ...evidence(result) }),
    ...foldPoints(timestampMs, result),
    ...trialPoints(result.trials, { metric: result.metric, timestampMs }),
  ],
  params: Object.fromEntries(Object.entries(result.params).map(([name, value]) => [name, String(value)])),
  tags: tagsOf(result),
});
