import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chooseFreePort } from '#local/ports.ts';
import type { FirehoseAway } from '../firehose-away.ts';
import { ask, customer, predict, until } from '../serving-fakes.ts';

const root = join(import.meta.dirname, '../../../..');

export interface FolderTaskOptions {
  readonly firehose: FirehoseAway;
  readonly cacheDir: string;
  /** @default the fixture */
  readonly modelDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What a shell does before it becomes the task. */
  readonly before?: string;
}

/** The serving task as a process of its own that serves a model folder. */
export const folderTask = async ({ firehose, cacheDir, before = '', ...options }: FolderTaskOptions) => {
  const port = await chooseFreePort({ preferred: 20_000 + Math.floor(Math.random() * 20_000) });
  const task = spawn('bash', ['-c', `${before} exec node containers/serving/start.mjs`], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
      MODEL_DIR: options.modelDir ?? 'test/fixtures/serving-model/v1',
      LEDGER_STREAM_NAME: 'ledger',
      PORT: String(port),
      HOST_ADDRESS: '127.0.0.1',
      CACHE_DIR: cacheDir,
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [task.stdout, task.stderr]) stream.on('data', (chunk) => (output += chunk));
  const isEnded = (): boolean => task.exitCode !== null || task.signalCode !== null;
  const isReady = async (): Promise<boolean> => {
    if (isEnded()) throw new Error(`the task ended: ${output}`);
    return (await ask(port, '/ready').catch(() => ({ status: 0 }))).status === 200;
  };
  await until(isReady, 60);
  return {
    port,
    output: () => output,
    /** Asks once; answers status and, of a prediction, its id. */
    predict: async (entity: string): Promise<{ status: number; id?: string; retryAfter?: unknown; code?: string }> => {
      const { status, json, headers } = await predict(port, { customer_id: entity, ...customer });
      if (status === 200) return { status, id: json.prediction_id };
      return { status, retryAfter: headers['retry-after'], code: json.error.code };
    },
    metric: async (name: string): Promise<number> => {
      const { text } = await ask(port, '/metrics');
      return Number(new RegExp(`^prediction_ledger_${name} (.*)$`, 'm').exec(text)?.[1]);
    },
    end: async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> => {
      if (!isEnded()) {
        task.kill(signal);
        await once(task, 'exit');
      }
      return task.exitCode;
    },
  };
};
export type FolderTask = Awaited<ReturnType<typeof folderTask>>;
