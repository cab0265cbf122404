import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const text = z.string().min(1);
const port = z.coerce.number().int().min(0).max(65_535);
const count = (most: number) => z.coerce.number().int().min(1).max(most);

/** One core stays with the loop; each thread opens its own copy of the models that it is asked for. */
const mostThreads = (): number => Math.max(1, Math.min(4, availableParallelism() - 1));

const common = {
  /** Where the artifact proxy answers; without it no files are taken. */
  ARTIFACTS_URL: z.url().optional(),
  PORT: port.default(8_080),
  HOST_ADDRESS: text.default('0.0.0.0'),
  /** Time from SIGTERM to the end; the task definition gives it at least as long. */
  DRAIN_SECONDS: count(120).default(10),
  /** Where the last good deployments and models, and a ledger that waits, are kept. */
  CACHE_DIR: text.default(join(tmpdir(), 'mlops-serving')),
  /** What open models may take together; those asked least recently are closed. */
  MODEL_MEMORY_MIB: count(1_048_576).default(384),
  /** What the ledger may keep on disk before predictions are refused. */
  LEDGER_SPOOL_MIB: count(1_048_576).default(512),
  /** Threads for big batches and explanations. */
  HEAVY_THREADS: count(64).default(mostThreads),
  /** Model of POST /predict. */
  DEFAULT_MODEL: text.optional(),
  /** Origins whose pages may ask from a browser, with commas between; * is all. */
  CORS_ORIGINS: text.transform((origins) => origins.split(',').map((origin) => origin.trim())).optional(),
} as const;

const FleetEnvironment = z.object({
  DEPLOYMENTS_TABLE: text,
  FEATURES_TABLE: text,
  ARTIFACT_BUCKET: text,
  LEDGER_STREAM_NAME: text,
  ...common,
});
type FleetEnvironment = z.infer<typeof FleetEnvironment>;

const FolderEnvironment = z.object({
  ...common,
  /** Without it no ledger is kept. */
  LEDGER_STREAM_NAME: text.optional(),
  /** SageMaker says here where it asks. */
  SAGEMAKER_BIND_TO_PORT: port.optional(),
});
export type FolderEnvironment = z.infer<typeof FolderEnvironment>;

const read = <T>(schema: z.ZodType<T>, variables: NodeJS.ProcessEnv): T => {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`the environment lacks or misstates: ${names}; the task definition sets them`);
};

/** Reads the environment of a fleet's task once; a missing variable stops the start with its name. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): FleetEnvironment => read(FleetEnvironment, variables);

/** That of a task which serves a folder. */
export const readFolderEnvironment = (variables: NodeJS.ProcessEnv): FolderEnvironment =>
  read(FolderEnvironment, variables);
