import { z } from 'zod';
import { ColumnName, Instant, Name, ofModel, Share } from './common.ts';
import { Explanation } from './explanations.ts';
import { FeatureType } from './feature-views.ts';
import { FeatureValue } from './online.ts';
import { Problem } from './problems.ts';
import type { RouteTable } from './routes.ts';

/** Flat JSON: the join key, and any of the model's inputs that win over stored features. */
export const PredictRequest = z.record(z.string(), FeatureValue).meta({ id: 'PredictRequest' });
export type PredictRequest = z.infer<typeof PredictRequest>;

export const Prediction = z
  .object({
    prediction_id: z.string(),
    model_name: z.string(),
    model_version: z.string(),
    variant: z.enum(['stable', 'canary']),
    /** Name of the answered class, or the predicted number. */
    prediction: z.union([z.string(), z.number()]),
    /** Of the positive of two classes, of the answered of several; a number has none. */
    probability: Share.optional(),
    /** Of each of several classes. */
    probabilities: z.record(z.string(), Share).optional(),
    features_used: z.record(z.string(), FeatureValue),
    /** When asked for. */
    explanation: Explanation.optional(),
  })
  .meta({ id: 'Prediction' });
export type Prediction = z.infer<typeof Prediction>;

export const PredictBatchRequest = z
  .object({ rows: z.array(PredictRequest).min(1).max(1_000) })
  .meta({ id: 'PredictBatchRequest' });
/** Row by row, in order: a bad row answers its error and does not sink the others. */
export const PredictBatchReply = z
  .object({
    predictions: z.array(
      z.union([Prediction, z.object({ error: z.object({ code: z.string(), message: z.string() }) })]),
    ),
  })
  .meta({ id: 'PredictBatchReply' });

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** Nothing else is taken: what is misspelt would go without the explanation that its sender waits for. */
export const PredictQuery = z
  .strictObject({
    /** Adds the explanation of each prediction. */
    explain: flag.default(false),
    /** So many columns of the explanation, the largest. @default all */
    top: z.coerce.number().int().min(1).max(1_000).optional(),
  })
  .refine(({ explain, top }) => explain || top === undefined, {
    path: ['top'],
    message: 'is the number of columns of an explanation, and none is asked for',
  });
export type PredictQuery = z.infer<typeof PredictQuery>;

/** Headers of predictions, besides the caller's. */
export const servingHeaders = {
  /** Names a request in logs and in the ledger, in and out. */
  correlation: 'x-correlation-id',
  /** Milliseconds that the caller still waits: what could not begin by then is not run. */
  timeout: 'x-timeout-ms',
} as const;

/** A model as it serves on this task: what a caller must know to ask it. */
export const ServedModelDescription = z
  .object({
    model: Name,
    project: Name,
    revision: z.int(),
    problem: Problem,
    variants: z.array(
      z.object({ version: z.int(), weight: z.int(), loaded: z.boolean(), endpoint: z.string().optional() }),
    ),
    entityKey: ColumnName,
    /** What a request may bring, and what it must. */
    fields: z.array(
      z.object({
        name: ColumnName,
        type: z.enum(['number', 'string']),
        declared: FeatureType.optional(),
        /** Whether every request must bring it, since nothing is stored of it. */
        required: z.boolean(),
        /** Whether null is taken: the value is not known. */
        nullable: z.boolean(),
        /** float: numbers end at ±3.4e38. @default float */
        precision: z.enum(['float', 'double']).optional(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
        values: z.array(z.string()).optional(),
      }),
    ),
    classes: z.array(z.string()),
    threshold: Share.optional(),
    explanation: z.enum(['linear', 'tree', 'sampled', 'none']),
    /** A request that this model answers without anything stored. */
    example: z.record(z.string(), FeatureValue),
    updatedAt: Instant,
  })
  .meta({ id: 'ServedModelDescription' });
export type ServedModelDescription = z.infer<typeof ServedModelDescription>;
export const ServedModels = z
  .object({ service: z.string(), defaultModel: z.string().optional(), models: z.array(ServedModelDescription) })
  .meta({ id: 'ServedModels' });
export type ServedModels = z.infer<typeof ServedModels>;

/** Metrics of the fleet in CloudWatch: namespace, names, dimensions (Model, Version). High resolution (1 s). */
export const servingMetrics = {
  namespace: 'MlopsPlatform/Serving',
  requests: 'Requests',
  errors: 'Errors',
  loadFailures: 'ModelLoadFailures',
  latency: 'LatencyMs',
} as const;

/** Answered by the serving fleet behind the load balancer, not by a Lambda. */
export const servingRoutes = {
  predict: {
    method: 'POST',
    path: '/predict/{model}',
    summary: 'Predict one entity',
    role: 'viewer',
    params: ofModel,
    query: PredictQuery,
    body: PredictRequest,
    reply: Prediction,
    repeatable: true,
  },
  predictBatch: {
    method: 'POST',
    path: '/predict/{model}/batch',
    summary: 'Predict many entities',
    role: 'viewer',
    params: ofModel,
    query: PredictQuery,
    body: PredictBatchRequest,
    reply: PredictBatchReply,
    repeatable: true,
  },
  predictDefault: {
    method: 'POST',
    path: '/predict',
    summary: "Predict one entity by the stage's default model",
    role: 'viewer',
    query: PredictQuery,
    body: PredictRequest,
    reply: Prediction,
    repeatable: true,
  },
  listServed: {
    method: 'GET',
    path: '/serving/models',
    summary: 'Models that serve, with what each takes',
    role: 'viewer',
    reply: ServedModels,
  },
  getServed: {
    method: 'GET',
    path: '/serving/models/{model}',
    summary: 'What a served model takes and answers',
    role: 'viewer',
    params: ofModel,
    reply: ServedModelDescription,
  },
} as const satisfies RouteTable;
