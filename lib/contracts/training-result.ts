import { z } from 'zod';
import { Share } from './common.ts';
import { CandidateName, Metric, Problem } from './problems.ts';
import { HyperParameters } from './training.ts';

const Curve = z.object({ x: z.array(z.number()), y: z.array(z.number()) });
const figures = z.record(z.string(), z.number());

/** A figure with its 95 % bootstrap interval; null where the group has no rows to measure it on. */
export const Interval = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Interval = z.infer<typeof Interval>;

/** Answers on the test split by the groups of each sensitive column. */
export const FairnessReport = z.object({
  columns: z.array(
    z.object({
      column: z.string(),
      groups: z.array(
        z.object({
          /** Missing values are the group "". */
          value: z.string(),
          rows: z.int(),
          /** Too few rows: shown, not judged. */
          judged: z.boolean(),
          selectionRate: Interval,
          truePositiveRate: Interval,
          falsePositiveRate: Interval,
          rocAuc: Interval,
          /** Mean absolute distance of predicted probability from the share of positives, ten bins. */
          calibrationError: Interval,
        }),
      ),
      demographicParityRatio: Interval,
      equalizedOddsDifference: Interval,
    }),
  ),
});
export type FairnessReport = z.infer<typeof FairnessReport>;

/** The candidate against the version in production on the same test rows, paired bootstrap of 1,000 samples. */
export const ProductionComparison = z.object({
  version: z.int(),
  /** Why the two cannot be compared, e.g. a column that production takes is gone. */
  notComparable: z.string().optional(),
  metrics: z.array(
    z.object({
      metric: Metric,
      candidate: z.number(),
      production: z.number(),
      /** Candidate minus production, turned so that more is better, with its 95 % interval. */
      gain: Interval,
      margin: z.number(),
      confidence: z.number(),
      /** Share of the samples in which the candidate is worse by more than the margin. */
      shareWorse: Share,
    }),
  ),
});
export type ProductionComparison = z.infer<typeof ProductionComparison>;

/** Pipeline against one runtime: test split and adversarial rows. */
export const ParityReport = z.object({
  rows: z.int(),
  maxAbsDiff: z.number(),
  labelMismatches: z.int(),
  /** Cells of features computed inside the graph that differ from the data set's. */
  computedMismatches: z.int().default(0),
  passed: z.boolean(),
});
export type ParityReport = z.infer<typeof ParityReport>;

/** Something about the data that did not stop training, and what to do about it. */
export const TrainingWarning = z.object({ code: z.string(), column: z.string().optional(), message: z.string() });
export type TrainingWarning = z.infer<typeof TrainingWarning>;

/** result.json of a training task. Everything is measured on the graph. */
export const TrainingResult = z
  .object({
    runId: z.string(),
    candidate: CandidateName,
    problem: Problem,
    metric: Metric,
    /** Mean of the selection metric over the folds, best trial, and each fold's. */
    cvScore: z.number(),
    foldScores: z.array(z.number()),
    /** Untouched test split: every metric of the problem. */
    testMetrics: figures,
    validationMetrics: figures,
    params: HyperParameters,
    /** Two classes only. */
    threshold: Share.optional(),
    /** How probabilities were corrected, and the out-of-fold log loss without and with it. */
    calibration: z
      .object({
        method: z.enum(['none', 'sigmoid', 'temperature']),
        logLossBefore: z.number(),
        logLossAfter: z.number(),
      })
      .optional(),
    trials: z.array(
      z.object({
        number: z.int(),
        state: z.enum(['complete', 'pruned']),
        score: z.number().nullable(),
        seconds: z.number(),
        params: z.record(z.string(), z.unknown()),
      }),
    ),
    searchSeconds: z.number(),
    curves: z.object({
      /** x: false positive rate, y: true positive rate. */
      roc: Curve.optional(),
      /** x: recall, y: precision. */
      precisionRecall: Curve.optional(),
      /** x: mean predicted probability, y: share of positives. */
      calibration: Curve.optional(),
      /** x: true number, y: predicted number; a sample. */
      predictedActual: Curve.optional(),
    }),
    /** Test split at the threshold: counts[i][j] rows of class i answered as class j. */
    confusionMatrix: z.object({ classes: z.array(z.string()), counts: z.array(z.array(z.int())) }).optional(),
    /** How much worse the metric becomes when a raw column is mixed up. */
    importances: figures,
    /** Mean absolute SHAP value by raw column. */
    shapImportances: figures,
    fairness: FairnessReport.optional(),
    production: ProductionComparison.optional(),
    warnings: z.array(TrainingWarning),
    rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
    onnx: z.object({ sha256: z.string(), bytes: z.int() }),
    /** In onnxruntime for Python; the gate asks onnxruntime-node. */
    parity: ParityReport,
    /** Python, libraries, platform, image, code, seed, device: what a run needs to be repeated. */
    environment: z.record(z.string(), z.string()),
    seconds: z.number(),
    /** Task seconds × the price of its size, US dollars; absent where the price is not known. */
    costUsd: z.number().optional(),
    /** Files below plots/, without their endings: NAME.png and NAME.vl.json. */
    plots: z.array(z.string()),
  })
  .meta({ id: 'TrainingResult' });
export type TrainingResult = z.infer<typeof TrainingResult>;
