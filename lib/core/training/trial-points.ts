import { isLoss } from '#contracts/problems.ts';
import type { MetricPoint } from '#contracts/tracking.ts';
import type { TrainingResult } from '#contracts/training-result.ts';

export interface FinishedTrial {
  readonly number: number;
  /** Null of a pruned one. */
  readonly score: number | null;
}

/**
 * Scores of a search by trial, and the best so far after each, pruned ones too. Its points are the same while it runs
 * and afterwards: all at the run's own time.
 */
export const trialPoints = (
  trials: readonly FinishedTrial[],
  { metric, timestampMs }: { readonly metric: TrainingResult['metric']; readonly timestampMs: number },
): MetricPoint[] => {
  const better = isLoss(metric) ? Math.min : Math.max;
  let best: number | null = null;
  return trials
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number, score }) => {
      if (score !== null) best = best === null ? score : better(best, score);
      const at = { timestampMs, step: number };
      return [
        ...(score === null ? [] : [{ key: 'trial_score', value: score, ...at }]),
        ...(best === null ? [] : [{ key: 'best_score', value: best, ...at }]),
      ];
    });
};
