import { isLoss, type Metric } from '#contracts/problems.ts';
import type { TrainingResult } from '#contracts/training-result.ts';

export type Scored = Pick<TrainingResult, 'candidate' | 'cvScore'>;

/** Of equal ones a plain candidate comes before the stack: it must be better than all that it is made of. */
const byName = (a: Scored, b: Scored): number => {
  const stacks = Number(a.candidate === 'stacking') - Number(b.candidate === 'stacking');
  return stacks || (a.candidate < b.candidate ? -1 : 1);
};

/** Best cross-validation score first; equal ones by name, so that the choice never depends on who finished first. */
export const byScore =
  (metric: Metric) =>
  (a: Scored, b: Scored): number =>
    (isLoss(metric) ? a.cvScore - b.cvScore : b.cvScore - a.cvScore) || byName(a, b);
