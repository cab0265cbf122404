import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '#test/helpers/free-port.ts';
import { ask, until } from './serving-fakes.ts';

const root = join(import.meta.dirname, '../../..');
const START_SECONDS = 60;

export interface ServingProcessOptions {
  /** Nothing of this process's own environment reaches the task but where programs are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a shell does before it becomes the task. @example 'ulimit -f 64;' */
  readonly before?: string | undefined;
  /** @default a free one */
  readonly port?: number | undefined;
}

/** A serving task as a process of its own, on its way up. */
export const spawnServing = async ({ environment, before = '', ...options }: ServingProcessOptions) => {
  const port = options.port ?? (await freePort());
  const task = spawn('bash', ['-c', `${before} exec node containers/serving/start.mjs serve`], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: String(port), HOST_ADDRESS: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [task.stdout, task.stderr]) stream.on('data', (chunk) => (output += chunk));
  const isOver = once(task, 'close');
  const isEnded = (): boolean => task.exitCode !== null || task.signalCode !== null;
  return {
    port,
    /** What it has said so far. */
    output: () => output,
    isEnded,
    kill: (signal: NodeJS.Signals) => task.kill(signal),
    /** Its exit code, null after a signal. */
    ended: async (): Promise<number | null> => {
      await isOver;
      return task.exitCode;
    },
    end: async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
      if (!isEnded()) task.kill(signal);
      await isOver;
      return task.exitCode;
    },
  };
};
export type ServingProcess = Awaited<ReturnType<typeof spawnServing>>;

/** A serving task as a process of its own, once it answers. */
export const servingProcess = async (options: ServingProcessOptions): Promise<ServingProcess> => {
  const task = await spawnServing(options);
  const isReady = async (): Promise<boolean> => {
    if (task.isEnded()) throw new Error('it ended by itself');
    return (await ask(task.port, '/ready').catch(() => ({ status: 0 }))).status === 200;
  };
  try {
    await until(isReady, START_SECONDS);
    return task;
  } catch (error) {
    await task.end('SIGKILL');
    throw new Error(`the task did not start: ${task.output()}`, { cause: error });
  }
};
