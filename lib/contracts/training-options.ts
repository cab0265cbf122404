import { z } from 'zod';
import { ColumnName, Share } from './common.ts';
import { Algorithm, Metric } from './problems.ts';

/** From which probability the positive class is answered, chosen on out-of-fold predictions of the train split. */
export const ThresholdRule = z.union([
  z.strictObject({ maximize: z.enum(['f1', 'accuracy', 'balanced_accuracy']) }),
  /** Cost of one wrong answer of each kind, in any unit: the threshold with the least total. */
  z.strictObject({
    cost: z.strictObject({ falsePositive: z.number().positive(), falseNegative: z.number().positive() }),
  }),
  /** Most recall among the thresholds with at least this precision. */
  z.strictObject({ minimumPrecision: Share }),
  /** Most precision among the thresholds with at least this recall. */
  z.strictObject({ minimumRecall: Share }),
]);
export type ThresholdRule = z.infer<typeof ThresholdRule>;

/** Where candidates train: tasks of the platform, or SageMaker training jobs on a machine of the project's choice. */
export const TrainingCompute = z
  .strictObject({
    on: z.enum(['ecs', 'sagemaker']).default('ecs'),
    /** XGBoost trains on a GPU where the stage has them; elsewhere on the processor, with a note in the result. */
    gpu: z.union([z.literal(0), z.literal(1)]).default(0),
    /** Machine of a SageMaker training job. */
    instanceType: z
      .string()
      .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'is no SageMaker instance type like ml.g5.12xlarge')
      .optional(),
    /** Disk of a SageMaker training job, GiB. */
    volumeGiB: z.number().int().min(10).max(16_384).default(50),
  })
  .refine((c) => (c.on === 'sagemaker') === (c.instanceType !== undefined), {
    path: ['instanceType'],
    message: 'belongs to `on: sagemaker`, which needs it; on ecs the stage says how large tasks are',
  });
export type TrainingCompute = z.infer<typeof TrainingCompute>;

export const Training = z.strictObject({
  /** @default every algorithm for the problem */
  candidates: z.array(Algorithm).min(1).optional(),
  /** Stacks the best candidates into one more; it is chosen only where it scores better than all of them. */
  stacking: z.union([z.boolean(), z.strictObject({ best: z.number().int().min(2).max(6) })]).default(false),
  /** @default roc_auc, log_loss for several classes, rmse for numbers */
  metric: Metric.optional(),
  /** Trials of the hyper-parameter search, each candidate. */
  trials: z.number().int().min(1).max(500).default(10),
  /** Wall time of the search, each candidate, seconds. */
  timeoutSeconds: z.number().int().min(5).max(86_400).default(600),
  folds: z.number().int().min(2).max(10).default(3),
  /** Stops trials that are worse than the median after a fold. */
  pruning: z.boolean().default(true),
  seed: z.number().int().min(0).max(2_147_483_647).default(42),
  /** Gives rare classes the weight of frequent ones; rows are never made up or thrown away. */
  classWeight: z.enum(['none', 'balanced']).default('none'),
  /** Corrects probabilities by a curve of one or two parameters: auto where that lowers the out-of-fold log loss. */
  calibration: z.enum(['auto', 'none', 'always']).default('auto'),
  /** Binary classification; serving.threshold, where set, is taken as it is. */
  threshold: ThresholdRule.default({ maximize: 'f1' }),
  split: z
    .strictObject({ train: Share, validation: Share, test: Share })
    .refine((s) => Math.abs(s.train + s.validation + s.test - 1) < 1e-9, 'train + validation + test must be 1')
    .default({ train: 0.6, validation: 0.2, test: 0.2 }),
  minimumRows: z.number().int().min(50).default(500),
  /** Features that may predict the label all by themselves: any other that does stops training as a leak. */
  trustedFeatures: z.array(ColumnName).default([]),
  compute: TrainingCompute.prefault({}),
});
export type Training = z.infer<typeof Training>;

/** A figure of the untouched test split within bounds. */
export const MetricGate = z
  .strictObject({ metric: Metric, minimum: z.number().optional(), maximum: z.number().optional() })
  .refine((g) => g.minimum !== undefined || g.maximum !== undefined, 'needs a minimum or a maximum');
export type MetricGate = z.infer<typeof MetricGate>;

/**
 * Not worse than the version in production on the same test split: refused when, of 1,000 paired bootstrap samples, at
 * least the share `confidence` shows the candidate worse by more than `margin`. Passed while nothing is in production.
 */
export const ProductionGate = z.strictObject({
  against: z.literal('production'),
  /** @default the metric of selection */
  metric: Metric.optional(),
  margin: z.number().min(0).default(0),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
});
export type ProductionGate = z.infer<typeof ProductionGate>;

export const Gate = z.union([MetricGate, ProductionGate]);
export type Gate = z.infer<typeof Gate>;

/** Answers compared between groups of people; the columns come from features.sql and need not be features. */
export const Fairness = z.strictObject({
  columns: z.array(ColumnName).min(1).max(10),
  /** Groups with fewer test rows are shown and not judged. */
  minimumGroupRows: z.number().int().min(10).default(50),
  /** Least selection rate of a group over the greatest: 0.8 is the four-fifths rule. */
  minimumDemographicParityRatio: Share.optional(),
  /** Greatest difference between groups of true positive rates or of false positive rates. */
  maximumEqualizedOddsDifference: Share.optional(),
});
export type Fairness = z.infer<typeof Fairness>;
