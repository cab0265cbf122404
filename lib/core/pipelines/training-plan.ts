import { algorithmsOf, type Metric, metricsOf } from '#contracts/problems.ts';
import type { Project } from '#contracts/project.ts';
import type { Gate } from '#contracts/training-options.ts';

/** What a project leaves unsaid of its training follows from its problem. */
export interface TrainingPlan {
  readonly candidates: readonly (typeof algorithmsOf)[Project['problem']][number][];
  readonly metric: Metric;
  readonly gates: readonly Gate[];
  /** How many of the best candidates are stacked; 0 for none. */
  readonly stacked: number;
}

const BEST = 3;
const defaultGates: Readonly<Record<Project['problem'], readonly Gate[]>> = {
  'binary-classification': [{ metric: 'roc_auc', minimum: 0.85 }],
  'multiclass-classification': [],
  regression: [{ metric: 'r2', minimum: 0 }],
};
const notWorse: Gate = { against: 'production', margin: 0, confidence: 0.95 };

/** @example trainingPlan(project).metric // 'roc_auc' */
export const trainingPlan = ({ problem, training, gate }: Project): TrainingPlan => {
  const { candidates = algorithmsOf[problem], metric = metricsOf[problem][0], stacking } = training;
  return {
    candidates: [...new Set(candidates)],
    metric,
    gates: gate ?? [...defaultGates[problem], notWorse],
    stacked: typeof stacking === 'object' ? stacking.best : stacking ? BEST : 0,
  };
};
