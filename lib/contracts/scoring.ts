import { z } from 'zod';
import { Instant, Name, Sha256 } from './common.ts';
import { dataKeys } from './datasets.ts';
import { execution, step } from './step.ts';

/** Which scoring a step works on: the data set that it makes, of kind scores. */
const scoring = { project: Name, scoresId: z.string() };
const rung = z.enum(['lambda', 'fargate']);

/** Batch scoring: the whole population of a features data set by the version in production, shard by shard. */
export const scoringSteps = {
  /** Finds version, rows and what is done; the same inputs find the same scoring. */
  planScoring: step(
    z.object({
      ...execution,
      project: Name,
      /** @default the newest of kind features */
      datasetId: z.string().optional(),
      /** @default the one in production */
      modelVersion: z.int().positive().optional(),
      /** @default as the project says */
      explain: z.boolean().optional(),
    }),
    z.object({
      project: Name,
      /** Why there is nothing to do: the rest is absent then, as far as it is not known. */
      skipped: z.string().optional(),
      scoresId: z.string().optional(),
      modelVersion: z.int().optional(),
      datasetId: z.string().optional(),
      rowCount: z.int(),
      /** Where shards are scored: in functions, or as tasks. */
      rung,
      /** A sentence for people who look at the execution. */
      reason: z.string(),
      /** Numbers of the shards that are still to be scored. */
      shards: z.array(z.int()),
      done: z.int(),
    }),
  ),
  /** The execution is the shard's own: under its name its task leaves a refusal. */
  scoreShard: step(
    z.object({ ...execution, ...scoring, shard: z.int(), ranOn: rung.optional() }),
    z.object({ shard: z.int(), rows: z.int(), refused: z.int() }),
  ),
  /** Throws SCORING_INCOMPLETE while a shard is missing. */
  finishScoring: step(
    z.object({ ...execution, ...scoring, failures: z.array(z.object({ shard: z.int(), reason: z.string() })) }),
    z.object({
      project: Name,
      scoresId: z.string(),
      datasetId: z.string(),
      modelVersion: z.int(),
      rowCount: z.int(),
      /** Rows that the model gave no answer for, with the reason in their row. */
      refused: z.int(),
      uri: z.string(),
      /** Of the machines that scored, all shards together. */
      seconds: z.number(),
      finishedAt: Instant,
    }),
  ),
} as const;

/** _plan.json of a scoring: written once, so that every execution that works on it does the same. */
export const ScoringPlan = z.object({
  scoresId: z.string(),
  project: Name,
  projectVersion: z.int().positive(),
  modelVersion: z.int().positive(),
  modelUri: z.string(),
  onnxSha256: Sha256,
  datasetId: z.string(),
  explain: z.boolean(),
  /** Constant of all its rows. */
  scoredAt: Instant,
  rowCount: z.int().min(0),
  rowsAShard: z.int().positive(),
  /** What the data set's id was made of. */
  inputs: z.object({
    datasets: z.array(z.string()),
    files: z.array(z.never()),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  codeVersion: z.string(),
});
export type ScoringPlan = z.infer<typeof ScoringPlan>;

/** A shard's own done-file: written when its Parquet is stored. */
export const ShardScored = z.object({
  shard: z.int(),
  rows: z.int(),
  refused: z.int(),
  bytes: z.int(),
  sha256: Sha256,
  seconds: z.number(),
});
export type ShardScored = z.infer<typeof ShardScored>;

const five = (shard: number): string => String(shard).padStart(5, '0');

/** Keys of a scoring below the data bucket. What begins with _ is no part of the data set: readers of folders skip it. */
export const scoringKeys = {
  folder: (project: string, scoresId: string) => dataKeys.dataset(project, 'scores', scoresId),
  plan: (project: string, scoresId: string) => `${dataKeys.dataset(project, 'scores', scoresId)}_plan.json`,
  done: (project: string, scoresId: string, shard?: number) =>
    `${dataKeys.dataset(project, 'scores', scoresId)}_done/${shard === undefined ? '' : `${five(shard)}.json`}`,
  /** File of a shard, relative to the data set. */
  part: (shard: number) => `part-${five(shard)}.parquet`,
} as const;
