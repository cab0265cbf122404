import { z } from 'zod';
import { Name } from './common.ts';
import { execution, step } from './step.ts';
import { CandidateOutcome, TrainingTask } from './training.ts';

/** A run of the training pipeline as its steps know it. */
const trainingRun = { ...execution, project: Name, projectVersion: z.int(), runId: z.string() };
const ended = z.object({ ...trainingRun, experimentId: z.string(), candidates: z.array(CandidateOutcome) });
const chosen = { candidate: z.string(), outputUri: z.string() };
const tasks = { experimentId: z.string(), runId: z.string(), jobs: z.array(TrainingTask) };
export const trainingSteps = {
  prepare: step(
    z.object({ ...execution, project: Name, reason: z.string() }),
    z.object({
      ...tasks,
      project: Name,
      projectVersion: z.int(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      rowCount: z.int(),
    }),
  ),
  /** The job that stacks the best of what has ended; no job where the project has no stacking or it is done. */
  stack: step(ended, z.object({ jobs: z.array(TrainingTask) })),
  /** Logs every candidate as a child run and names the best by the project's metric. */
  select: step(ended, z.object({ ...chosen, childRunId: z.string(), cvScore: z.number() })),
  /** The job of a run once more, with as many trials and no limit of time, in a run of its own. */
  prepareReproduction: step(
    z.object({ ...execution, project: Name, reproduce: z.string() }),
    z.object({ ...tasks, project: Name, projectVersion: z.int() }),
  ),
  /** Says whether both runs made the same bytes, and what differs between their data, code and environment. */
  compareReproduction: step(
    z.object({ ...trainingRun, reproduce: z.string(), candidates: z.array(CandidateOutcome) }),
    z.object({
      reproduced: z.boolean(),
      runId: z.string(),
      onnxSha256: z.object({ original: z.string(), again: z.string() }),
      /** Facts of the environment that differ: "xgboost: 3.2.0, again 3.3.0". */
      differences: z.array(z.string()),
      /** Largest difference between the test metrics of both. */
      maxMetricDifference: z.number(),
    }),
  ),
  gate: step(z.object({ ...trainingRun, ...chosen }), z.object({ metrics: z.record(z.string(), z.number()) })),
  register: step(
    z.object({
      ...trainingRun,
      ...chosen,
      childRunId: z.string(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      reason: z.string(),
    }),
    z.object({ model: Name, version: z.int() }),
  ),
} as const;
