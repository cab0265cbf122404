import { z } from 'zod';
import { Instant, Name } from './common.ts';
import { GuardVerdict, RolloutMove, RolloutState, VariantHealth } from './deployment.ts';
import { HistoricalRequest } from './feature-requests.ts';
import { DriftVerdict } from './monitoring.ts';
import { execution, step } from './step.ts';

/** Where a step's work is done, smallest first. */
export const Rung = z.enum(['lambda', 'fargate', 'athena']);
export type Rung = z.infer<typeof Rung>;
/** A step that may have run as a task before: with another rung than lambda it finds what the task left. */
const heavy = { ...execution, ranOn: Rung.optional() };

export const dataSteps = {
  /** Chooses the rung: by the raw files of the sources, or by the files of an ingested data set. */
  size: step(
    z.object({ ...execution, project: Name, datasetId: z.string().optional() }),
    z.object({ rung: Rung, bytes: z.int(), reason: z.string() }),
  ),
  /** Statements for Athena: tables over the sources, then one UNLOAD; no statement when the data set is there. */
  planAthena: step(
    z.object({ ...execution, project: Name, start: Instant.optional(), end: Instant.optional() }),
    z.object({
      statements: z.array(z.object({ queryString: z.string(), parameters: z.array(z.string()) })),
      /** Below this key of the data bucket lie the files that UNLOAD leaves. */
      unloaded: z.string(),
    }),
  ),
  ingest: step(
    z.object({
      ...heavy,
      project: Name,
      start: Instant.optional(),
      end: Instant.optional(),
      /** Files that Athena left: they become the data set, instead of running the SQL. */
      unloaded: z.string().optional(),
    }),
    z.object({ project: Name, projectVersion: z.int(), datasetId: z.string(), rowCount: z.int(), end: Instant }),
  ),
  validate: step(
    z.object({ ...heavy, project: Name, projectVersion: z.int(), datasetId: z.string() }),
    z.object({ datasetId: z.string(), reportUri: z.string(), evaluated: z.int(), unsuccessful: z.int() }),
  ),
  buildFeatures: step(
    z.object({ ...heavy, project: Name, projectVersion: z.int(), datasetId: z.string(), end: Instant }),
    z.object({ featuresDatasetId: z.string(), rowCount: z.int() }),
  ),
  updateReference: step(
    z.object({ ...heavy, project: Name, projectVersion: z.int(), featuresDatasetId: z.string() }),
    z.object({ referenceDatasetId: z.string(), rowCount: z.int() }),
  ),
} as const;

export const historicalSteps = {
  /** Chooses the rung by the entity table and the rows of the views. */
  historicalSize: step(
    z.object({ ...execution, request: HistoricalRequest }),
    z.object({ rung: Rung, bytes: z.int(), reason: z.string() }),
  ),
  historical: step(
    z.object({ ...heavy, project: Name, request: HistoricalRequest }),
    z.object({ project: Name, datasetId: z.string(), uri: z.string(), rowCount: z.int() }),
  ),
} as const;

/** Which materialization a step works on: the data set of its shards, and which time it is brought online. */
const plan = { project: Name, datasetId: z.string(), attempt: z.int().positive() };
export const materializationSteps = {
  /** Leaves the rows as a data set of shards, or finds the one that an earlier execution left half-done. */
  materializePlan: step(
    z.object({
      ...execution,
      project: Name,
      featureViews: z.array(Name).optional(),
      start: Instant.optional(),
      end: Instant.optional(),
    }),
    z.object({
      ...plan,
      end: Instant,
      views: z.array(Name),
      rows: z.int(),
      /** Numbers of the shards: names and rows stay in the data set. */
      shards: z.array(z.int()),
      /** More has come since the half-done one that this plan goes on with: plan again behind it. */
      again: z.boolean(),
    }),
  ),
  materializeShard: step(
    z.object({ ...execution, ...plan, shard: z.int() }),
    z.object({ shard: z.int(), written: z.int(), skippedOlder: z.int() }),
  ),
  /** Throws MATERIALIZATION_INCOMPLETE while a shard is missing. */
  materializeFinish: step(
    z.object({ ...execution, ...plan, failures: z.array(z.object({ shard: z.int(), reason: z.string() })) }),
    z.object({
      project: Name,
      views: z.array(Name),
      until: Instant,
      shards: z.int(),
      rows: z.int(),
      entities: z.int(),
      written: z.int(),
      skippedOlder: z.int(),
      expired: z.int(),
      rowsPerSecond: z.number(),
    }),
  ),
} as const;

export const deploymentSteps = {
  plan: step(
    z.object({
      ...execution,
      project: Name,
      model: Name,
      version: z.int(),
      by: z.string(),
      endpoint: RolloutState.shape.endpoint,
    }),
    z.object({ state: RolloutState }),
  ),
  /** Writes the weights of the state's step into the deployment document. */
  shift: step(z.object({ ...execution, state: RolloutState }), z.object({ state: RolloutState, revision: z.int() })),
  judge: step(
    z.object({ ...execution, state: RolloutState }),
    z.object({
      state: RolloutState,
      move: RolloutMove,
      reason: z.string(),
      verdicts: z.array(GuardVerdict),
      health: VariantHealth,
    }),
  ),
  promote: step(
    z.object({ ...execution, state: RolloutState }),
    z.object({ model: Name, version: z.int(), revision: z.int() }),
  ),
  rollback: step(
    z.object({ ...execution, state: RolloutState, reason: z.string() }),
    z.object({ model: Name, version: z.int(), revision: z.int() }),
  ),
} as const;

export const monitoringSteps = {
  /** Measures every feature view of the project as of the run's start. */
  measureViews: step(
    z.object({ ...execution, project: Name }),
    z.object({
      views: z.int(),
      /** Views of which all that is online has expired. */
      stale: z.array(Name),
      /** Views with features that drifted. */
      drifted: z.array(Name),
    }),
  ),
  /** Collects the ledger's window into a data set of kind predictions. */
  collect: step(
    z.object({ ...execution, project: Name, start: Instant.optional(), end: Instant.optional() }),
    z.object({
      project: Name,
      projectVersion: z.int(),
      model: Name,
      modelVersion: z.int(),
      datasetId: z.string(),
      rowCount: z.int(),
      windowStart: Instant,
      windowEnd: Instant,
    }),
  ),
  measureDrift: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      model: Name,
      modelVersion: z.int(),
      datasetId: z.string(),
      windowStart: Instant,
      windowEnd: Instant,
    }),
    z.object({
      reportId: z.string(),
      reportUri: z.string(),
      verdict: DriftVerdict,
      driftedShare: z.number(),
      rowCount: z.int(),
      retrain: z.boolean(),
    }),
  ),
} as const;
