import { z } from 'zod';
import { Share } from './common.ts';
import { FeatureValue } from './online.ts';
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

/** One line of the prediction ledger (JSON lines in S3). */
export const LedgerRecord = z
  .object({
    prediction_id: z.string(),
    time: z.string(),
    caller: z.string(),
    request_id: z.string(),
    model_name: z.string(),
    model_version: z.string(),
    variant: z.string(),
    entity_id: z.string(),
    inputs: z.record(z.string(), FeatureValue),
    probability: z.number().optional(),
    prediction: z.union([z.string(), z.number()]),
    latency_ms: z.number(),
  })
  .meta({ id: 'LedgerRecord' });
export type LedgerRecord = z.infer<typeof LedgerRecord>;

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
    body: PredictRequest,
    reply: Prediction,
    repeatable: true,
  },
  predictBatch: {
    method: 'POST',
    path: '/predict/{model}/batch',
    summary: 'Predict many entities',
    role: 'viewer',
    body: PredictBatchRequest,
    reply: PredictBatchReply,
    repeatable: true,
  },
} as const satisfies RouteTable;
