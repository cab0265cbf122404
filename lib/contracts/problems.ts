import { z } from 'zod';

/** What is predicted: one of two classes, one of several, or a number. */
export const Problem = z.enum(['binary-classification', 'multiclass-classification', 'regression']);
export type Problem = z.infer<typeof Problem>;

export const Algorithm = z.enum([
  'logistic-regression',
  'linear-regression',
  'random-forest',
  'hist-gradient-boosting',
  'lightgbm',
  'xgboost',
]);
export type Algorithm = z.infer<typeof Algorithm>;

/** What one training task makes a model of: an algorithm, or the stack of the best ones. */
export const CandidateName = z.enum([...Algorithm.options, 'stacking']);
export type CandidateName = z.infer<typeof CandidateName>;

/** Trees of every kind learn classes and numbers; of the linear models one each. */
export const algorithmsOf = {
  'binary-classification': Algorithm.options.filter((name) => name !== 'linear-regression'),
  'multiclass-classification': Algorithm.options.filter((name) => name !== 'linear-regression'),
  regression: Algorithm.options.filter((name) => name !== 'logistic-regression'),
} as const satisfies Record<Problem, readonly Algorithm[]>;

/** Names as scikit-learn's scorers have them; pr_auc is average precision, *_macro the plain mean over classes. */
export const Metric = z.enum([
  'roc_auc',
  'pr_auc',
  'f1',
  'accuracy',
  'balanced_accuracy',
  'precision',
  'recall',
  'log_loss',
  'brier',
  'roc_auc_ovr',
  'pr_auc_macro',
  'f1_macro',
  'precision_macro',
  'recall_macro',
  'rmse',
  'mae',
  'r2',
]);
export type Metric = z.infer<typeof Metric>;

/** What is measured of a problem's models; the first is what they are selected by unless the project says otherwise. */
export const metricsOf = {
  'binary-classification': [
    'roc_auc',
    'pr_auc',
    'f1',
    'accuracy',
    'balanced_accuracy',
    'precision',
    'recall',
    'log_loss',
    'brier',
  ],
  'multiclass-classification': [
    'log_loss',
    'roc_auc_ovr',
    'pr_auc_macro',
    'accuracy',
    'balanced_accuracy',
    'f1_macro',
    'precision_macro',
    'recall_macro',
  ],
  regression: ['rmse', 'mae', 'r2'],
} as const satisfies Record<Problem, readonly [Metric, ...Metric[]]>;

const losses: readonly string[] = ['log_loss', 'brier', 'rmse', 'mae'] satisfies Metric[];

/** Whether less of it is better. @example isLoss('log_loss') // true */
export const isLoss = (metric: string): boolean => losses.includes(metric);
