import type { Project } from '#contracts/project.ts';
import type { TrainingResult } from '#contracts/training.ts';

/** Metrics of which less is better. */
const losses: readonly string[] = ['log_loss'];

/** @example isLoss('log_loss') // true */
export const isLoss = (metric: string): boolean => losses.includes(metric);

/** Best cross-validation score first; equal ones by name, so that the choice never depends on who finished first. */
export const byScore =
  (metric: Project['training']['metric']) =>
  (a: Scored, b: Scored): number =>
    (isLoss(metric) ? a.cvScore - b.cvScore : b.cvScore - a.cvScore) || (a.candidate < b.candidate ? -1 : 1);

export type Scored = Pick<TrainingResult, 'candidate' | 'cvScore'>;
