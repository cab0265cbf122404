import { z } from 'zod';
import { Instant, Name } from './common.ts';
import { GuardVerdict, RolloutMove, RolloutState, VariantHealth } from './deployment.ts';
import { DriftVerdict } from './monitoring.ts';
import { CandidateOutcome } from './training.ts';

/**
 * Input and output of every Lambda step. `execution` is the Step Functions execution name: with the step's input it is
 * all a step may depend on. Ids and URIs travel, data never does.
 */
const step = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const execution = { execution: z.string(), startedAt: Instant };
interface Step {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}
/** @example StepInput<typeof dataSteps.ingest> */
export type StepInput<S extends Step> = z.infer<S['input']>;
export type StepOutput<S extends Step> = z.infer<S['output']>;

export const dataSteps = {
  ingest: step(
    z.object({ ...execution, project: Name, start: Instant.optional(), end: Instant.optional() }),
    z.object({ project: Name, projectVersion: z.int(), datasetId: z.string(), rowCount: z.int(), end: Instant }),
  ),
  validate: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), datasetId: z.string() }),
    z.object({ datasetId: z.string(), reportUri: z.string(), evaluated: z.int(), unsuccessful: z.int() }),
  ),
  buildFeatures: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), datasetId: z.string(), end: Instant }),
    z.object({ featuresDatasetId: z.string(), rowCount: z.int() }),
  ),
  updateReference: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), featuresDatasetId: z.string() }),
    z.object({ referenceDatasetId: z.string(), rowCount: z.int() }),
  ),
  materialize: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), featuresDatasetId: z.string(), end: Instant }),
    z.object({ entities: z.int(), skippedOlder: z.int() }),
  ),
} as const;

export const trainingSteps = {
  prepare: step(
    z.object({ ...execution, project: Name, reason: z.string() }),
    z.object({
      project: Name,
      projectVersion: z.int(),
      experimentId: z.string(),
      runId: z.string(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      rowCount: z.int(),
      jobs: z.array(z.object({ candidate: z.string(), specUri: z.string(), outputUri: z.string() })),
    }),
  ),
  /** Logs every candidate as a child run and names the best by the project's metric. */
  select: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      experimentId: z.string(),
      runId: z.string(),
      candidates: z.array(CandidateOutcome),
    }),
    z.object({ candidate: z.string(), childRunId: z.string(), outputUri: z.string(), cvScore: z.number() }),
  ),
  /** Throws GATE_NOT_MET with every gate that refused. */
  gate: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      runId: z.string(),
      candidate: z.string(),
      outputUri: z.string(),
    }),
    z.object({ metrics: z.record(z.string(), z.number()) }),
  ),
  register: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      runId: z.string(),
      childRunId: z.string(),
      candidate: z.string(),
      outputUri: z.string(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      reason: z.string(),
    }),
    z.object({ model: Name, version: z.int() }),
  ),
} as const;

export const deploymentSteps = {
  plan: step(
    z.object({ ...execution, project: Name, model: Name, version: z.int(), by: z.string() }),
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
