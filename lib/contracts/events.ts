import { z } from 'zod';
import { Stage } from './registry.ts';

export const eventSource = 'mlops.platform';

/** Detail of each event on the bus, by detail-type. */
export const events = {
  DatasetCreated: z.object({ project: z.string(), datasetId: z.string(), kind: z.string(), rowCount: z.int() }),
  /** Offline values up to a moment can be read online. */
  FeaturesMaterialized: z.object({
    project: z.string(),
    views: z.array(z.string()),
    until: z.string(),
    rows: z.int(),
    written: z.int(),
  }),
  /** A batch scoring is whole, and the newest of its project. */
  PredictionsScored: z.object({
    project: z.string(),
    model: z.string(),
    version: z.int(),
    /** Of kind scores. */
    datasetId: z.string(),
    /** The features data set that was scored. */
    featuresDatasetId: z.string(),
    rowCount: z.int(),
    refused: z.int(),
  }),
  RunFinished: z.object({
    project: z.string().optional(),
    experimentId: z.string(),
    runId: z.string(),
    status: z.string(),
  }),
  VersionRegistered: z.object({
    project: z.string(),
    model: z.string(),
    version: z.int(),
    runId: z.string().optional(),
    /** True for a version that passed the training pipeline's gate: only such a one is rolled out by itself. */
    rollout: z.boolean(),
  }),
  StageChanged: z.object({ model: z.string(), version: z.int(), from: Stage, to: Stage, by: z.string() }),
  AliasChanged: z.object({
    model: z.string(),
    alias: z.string(),
    /** null when the alias was taken away. */
    version: z.int().nullable(),
    /** null when it named none before. */
    from: z.int().nullable(),
    by: z.string(),
  }),
  DeploymentChanged: z.object({
    project: z.string(),
    model: z.string(),
    revision: z.int(),
    phase: z.string(),
    reason: z.string(),
  }),
  DriftDetected: z.object({
    project: z.string(),
    model: z.string(),
    version: z.int(),
    severity: z.enum(['warning', 'severe']),
    driftedShare: z.number(),
    reportId: z.string(),
    retrain: z.boolean(),
  }),
  PipelineFailed: z.object({
    project: z.string(),
    pipeline: z.string(),
    runId: z.string(),
    error: z.string(),
    cause: z.string(),
  }),
} as const;
export type EventName = keyof typeof events;
export type EventDetail<N extends EventName> = z.infer<(typeof events)[N]>;
