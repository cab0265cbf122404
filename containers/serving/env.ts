import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const text = z.string().min(1);

const Environment = z.object({
  DEPLOYMENTS_TABLE: text,
  FEATURES_TABLE: text,
  ARTIFACT_BUCKET: text,
  LEDGER_STREAM_NAME: text,
  /** Where the artifact proxy answers; without it no files are taken. */
  ARTIFACTS_URL: z.url().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8_080),
  HOST_ADDRESS: text.default('0.0.0.0'),
  /** Time from SIGTERM to the end; the task definition gives it at least as long. */
  DRAIN_SECONDS: z.coerce.number().int().min(1).max(120).default(10),
  /** Where the last good deployments and models, and a ledger that waits, are kept. */
  CACHE_DIR: text.default(join(tmpdir(), 'mlops-serving')),
});
export type Environment = z.infer<typeof Environment>;

/** Reads the task's environment once; a missing variable stops the start with its name. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): Environment => {
  const parsed = Environment.safeParse(variables);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`the environment lacks or misstates: ${names}; the task definition sets them`);
};
