import type { FirehoseAway } from '../firehose-away.ts';
import { ask, customer, predict } from '../serving-fakes.ts';
import { servingProcess } from '../serving-process.ts';

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
export const folderTask = async ({ firehose, cacheDir, before, ...options }: FolderTaskOptions) => {
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
    MODEL_DIR: options.modelDir ?? 'test/fixtures/serving-model/v1',
    LEDGER_STREAM_NAME: 'ledger',
    CACHE_DIR: cacheDir,
    ...options.environment,
  };
  const task = await servingProcess({ environment, before });
  const { port } = task;
  return {
    ...task,
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
  };
};
export type FolderTask = Awaited<ReturnType<typeof folderTask>>;
