import { z } from 'zod';
import { ColumnName, Name, S3Uri, Share } from './common.ts';
import { OnDemandParts } from './online.ts';
import { Algorithm, CandidateName, Metric, Problem } from './problems.ts';
import { ModelInput } from './serving-facts.ts';
import { ThresholdRule } from './training-options.ts';

export const HyperParameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
export type HyperParameters = z.infer<typeof HyperParameters>;

/** What a training task is asked to do: read from JOB_SPEC_URI (s3:// or a local file). */
export const TrainingJob = z
  .object({
    runId: z.string(),
    candidate: CandidateName,
    problem: Problem,
    project: z.string(),
    /** Folder with Parquet files: inputs, request fields, fairness columns, label, key and the split column. */
    dataUri: z.string(),
    /** Data set that lies there, for the record. */
    datasetId: z.string(),
    /** Folder that gets everything of `trainingFiles`. */
    outputUri: z.string(),
    entityKey: ColumnName,
    /** Features the model takes; those of `onDemand` that become part of the graph are no inputs of the graph. */
    inputs: z.array(ModelInput).min(1),
    /** `positive` only where there are two classes. */
    label: z.object({ name: ColumnName, positive: z.union([z.string(), z.number()]).optional() }),
    /** Column with train, validation or test. */
    splitColumn: z.string().default('split'),
    metric: Metric,
    search: z.object({
      trials: z.int().positive(),
      timeoutSeconds: z.int().positive(),
      folds: z.int().min(2),
      pruning: z.boolean(),
    }),
    seed: z.int().min(0),
    classWeight: z.enum(['none', 'balanced']),
    calibration: z.enum(['auto', 'none', 'always']),
    thresholdRule: ThresholdRule,
    /** Fixed threshold of the project; otherwise chosen by the rule. */
    threshold: Share.optional(),
    /** What candidate `stacking` stacks, with the parameters that each was found to be best with. */
    stack: z.array(z.object({ candidate: Algorithm, params: HyperParameters })).optional(),
    trustedFeatures: z.array(ColumnName),
    /** Columns whose groups are compared. */
    fairness: z.object({ columns: z.array(ColumnName), minimumGroupRows: z.int() }).optional(),
    /** Version in production, compared with on the test split. */
    production: z
      .object({
        version: z.int(),
        modelUri: z.string(),
        gates: z.array(z.object({ metric: Metric, margin: z.number(), confidence: z.number() })),
      })
      .optional(),
    /** GPUs that were asked for; without one the processor is used, and noted. */
    gpu: z.int().min(0),
    /** How those inputs come about that are computed for each request. */
    onDemand: OnDemandParts.optional(),
    /** Views that the stored inputs come from; the task passes it on to serving. */
    views: z.array(Name).optional(),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJob = z.infer<typeof TrainingJob>;

/** progress.json: how far a task is, written over while it trains and at most every two seconds. */
export const TrainingProgress = z
  .object({
    runId: z.string(),
    candidate: CandidateName,
    metric: Metric,
    trials: z.int(),
    elapsedSeconds: z.number(),
    /** Finished trials, oldest first; null is the score of a pruned one. */
    finished: z.array(z.object({ number: z.int(), score: z.number().nullable(), best: z.number().nullable() })),
  })
  .meta({ id: 'TrainingProgress' });
export type TrainingProgress = z.infer<typeof TrainingProgress>;

/** Where a task leaves things, below its outputUri. */
export const trainingFiles = {
  result: 'result.json',
  error: 'error.json',
  progress: 'progress.json',
  /** Finished trials, so that an interrupted search goes on where it was. */
  study: 'study.json',
  plots: 'plots/',
  model: 'model/',
  onnx: 'model/model.onnx',
  facts: 'model/serving.json',
  /** Rows and what the pipeline answers for them: any runtime can be held against it. Gzipped `ParityRows`. */
  parityRows: 'parity/rows.json.gz',
  /** Written by the gate: how far the runtime that serves is from the original. */
  parityNode: 'model/parity-node.json',
  card: 'model/card.html',
  cardText: 'model/card.md',
} as const;

/** Rows by column, and the scores of the original pipeline a row each; missing is null. */
export const ParityRows = z.object({
  inputs: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.null()]))),
  scores: z.array(z.array(z.number())),
});
export type ParityRows = z.infer<typeof ParityRows>;

/** One finished or failed candidate, as the state machine hands it on: one that refused its job finished, with error.json. */
export const CandidateOutcome = z.object({
  candidate: CandidateName,
  outputUri: S3Uri,
  status: z.enum(['succeeded', 'failed']),
  reason: z.string().optional(),
});
export type CandidateOutcome = z.infer<typeof CandidateOutcome>;

/** A task to start: where and with what it trains. */
export const TrainingTask = z.object({
  candidate: CandidateName,
  specUri: z.string(),
  outputUri: z.string(),
  on: z.enum(['ecs', 'sagemaker']),
  /** Whether it is to be placed on GPU capacity. */
  gpu: z.boolean(),
  instanceType: z.string().optional(),
  volumeGiB: z.int(),
});
export type TrainingTask = z.infer<typeof TrainingTask>;
