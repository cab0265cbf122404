import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cores } from './pinned.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'wrk.lua');

const LoadResult = z.object({
  requests: z.number(),
  seconds: z.number(),
  bytes: z.number(),
  /** Milliseconds. */
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  most: z.number(),
  /** Connections that could not be made or broke. */
  broken: z.number(),
  /** Answers of status 400 and above. */
  refused: z.number(),
  late: z.number(),
});
export type LoadResult = z.infer<typeof LoadResult>;

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** File with a body a line. */
  readonly bodies: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Whether wrk is on the PATH. @throws Error that says where to get it */
export const needWrk = async (): Promise<void> => {
  const { stdout } = await run('wrk', ['-v']).catch((error: { code?: unknown; stdout?: string }) => ({
    stdout: error.code === 'ENOENT' ? '' : (error.stdout ?? ''),
  }));
  if (!stdout.startsWith('wrk')) throw new Error('this measurement needs wrk on the PATH: apt install wrk');
};

/** Closed loop: each connection asks again as soon as it was answered. One thread, on the load's core. */
export const wrk = async (load: Load): Promise<LoadResult> => {
  const shape = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '--timeout', '10s', '-s', script];
  const headers = Object.entries(load.headers ?? {}).map(([name, value]) => `${name}=${value}`);
  const args = ['-c', String(cores.load), 'wrk', ...shape, load.url, '--', load.bodies, load.path, ...headers];
  const { stdout } = await run('taskset', args);
  const [, text = ''] = /^RESULT (.*)$/m.exec(stdout) ?? [];
  return LoadResult.parse(JSON.parse(text));
};
