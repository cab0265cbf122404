import { z } from 'zod';
import { ColumnName, Name, S3Uri, Share } from './common.ts';
import { Feature, FeatureType } from './feature-views.ts';
import { OnDemandParts } from './online.ts';
import { Algorithm, SelectionMetric } from './project.ts';

/** A raw column the model takes: a missing number is NaN, a missing string is "". */
export const ModelInput = z.object({
  name: ColumnName,
  type: z.enum(['number', 'string']),
  /** What the feature holds, where its values have a contract: `type` is how the model takes it. */
  declared: FeatureType.optional(),
  ...Feature.pick({ required: true, minimum: true, maximum: true, values: true }).shape,
});
export type ModelInput = z.infer<typeof ModelInput>;

/** What a training task is asked to do: read from JOB_SPEC_URI (s3:// or a local file). */
export const TrainingJob = z
  .object({
    runId: z.string(),
    candidate: Algorithm,
    project: z.string(),
    /** Folder with Parquet files: inputs, label, key and the split column. */
    dataUri: z.string(),
    /** Folder that gets result.json and model/. */
    outputUri: z.string(),
    entityKey: ColumnName,
    inputs: z.array(ModelInput).min(1),
    label: z.object({ name: ColumnName, positive: z.union([z.string(), z.number()]) }),
    /** Column with train, validation or test. */
    splitColumn: z.string().default('split'),
    metric: SelectionMetric,
    search: z.object({ trials: z.int().positive(), timeoutSeconds: z.int().positive(), folds: z.int().min(2) }),
    seed: z.int().min(0),
    /** How those inputs come about that are computed for each request; the task passes it on to serving. */
    onDemand: OnDemandParts.optional(),
    /** Views that the stored inputs come from; the task passes it on to serving. */
    views: z.array(Name).optional(),
    /** Fixed threshold of the project; otherwise chosen on out-of-fold predictions. */
    threshold: Share.optional(),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJob = z.infer<typeof TrainingJob>;

const Curve = z.object({ x: z.array(z.number()), y: z.array(z.number()) });

/** result.json of a training task. */
export const TrainingResult = z
  .object({
    runId: z.string(),
    candidate: Algorithm,
    /** Mean of the selection metric over the folds, best trial. */
    cvScore: z.number(),
    /** Untouched test split: accuracy, precision, recall, f1, roc_auc, pr_auc, log_loss. */
    testMetrics: z.record(z.string(), z.number()),
    validationMetrics: z.record(z.string(), z.number()),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    threshold: Share,
    trials: z.array(
      z.object({ number: z.int(), score: z.number(), seconds: z.number(), params: z.record(z.string(), z.unknown()) }),
    ),
    /** x: false positive rate, y: true positive rate. */
    rocCurve: Curve,
    /** x: recall, y: precision. */
    prCurve: Curve,
    /** x: mean predicted probability, y: share of positives. */
    calibration: Curve,
    /** Test split at the threshold. */
    confusionMatrix: z.object({ tn: z.int(), fp: z.int(), fn: z.int(), tp: z.int() }),
    /** Permutation importance by raw column. */
    importances: z.record(z.string(), z.number()),
    rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
    onnx: z.object({ sha256: z.string(), bytes: z.int() }),
    /** Python pipeline against onnxruntime: test split and adversarial rows. */
    parity: z.object({ rows: z.int(), maxAbsDiff: z.number(), labelMismatches: z.int(), passed: z.boolean() }),
    environment: z.record(z.string(), z.string()),
    seconds: z.number(),
  })
  .meta({ id: 'TrainingResult' });
export type TrainingResult = z.infer<typeof TrainingResult>;

/** Where a task leaves things, below its outputUri. */
export const trainingFiles = {
  result: 'result.json',
  error: 'error.json',
  model: 'model/',
  onnx: 'model/model.onnx',
  facts: 'model/serving.json',
} as const;

/** serving.json beside model.onnx: what serving must know that the graph does not say. */
export const ServingFacts = z
  .object({
    format: z.literal(1),
    project: z.string(),
    runId: z.string(),
    inputs: z.array(ModelInput).min(1),
    /** Name of the output with probabilities [N, 2]; class 1 is the positive one. */
    probabilitiesOutput: z.string(),
    entityKey: ColumnName,
    /** How those inputs come about that are computed from the request. */
    onDemand: OnDemandParts.optional(),
    /** Views whose stored features it takes: other views of the entity may have features of the same names. @default all */
    views: z.array(Name).optional(),
    /** Answered class names, negative first. */
    classes: z.tuple([z.string(), z.string()]),
    threshold: Share,
    onnxSha256: z.string(),
    /** Rows with the probability the graph must give (within 1e-5): checked before a model goes live. */
    goldenRows: z.array(
      z.object({ inputs: z.record(z.string(), z.union([z.number(), z.string(), z.null()])), probability: z.number() }),
    ),
    /** Test-split probabilities (at most 2,000), the reference of prediction drift. */
    referenceProbabilities: z.array(z.number()),
  })
  .meta({ id: 'ServingFacts' });
export type ServingFacts = z.infer<typeof ServingFacts>;

/** One finished or failed candidate, as the state machine hands it on: one that refused its job finished, with error.json. */
export const CandidateOutcome = z.object({
  candidate: Algorithm,
  outputUri: S3Uri,
  status: z.enum(['succeeded', 'failed']),
  reason: z.string().optional(),
});
export type CandidateOutcome = z.infer<typeof CandidateOutcome>;
