import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '#local/ports.ts';
import { imageArgs } from './image-args.ts';
import { cores, type Pinned, startPinned } from './pinned.ts';
import type { Stage } from './stage.ts';

/** Runs inside the task: at SIGUSR2 it writes how late its event loop was since the last time, milliseconds. */
const probe = `
import { writeFileSync, renameSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  const file = process.env.LOOP_FILE;
  writeFileSync(file + '.part', JSON.stringify([50, 99, 100].map((p) => delay.percentile(p) / 1e6)));
  renameSync(file + '.part', file);
  delay.reset();
});`;
const preload = `data:text/javascript,${encodeURIComponent(probe)}`;

export interface Task extends Pinned {
  readonly url: string;
  /** How late its event loop was since the last call: median, 99th of a hundred, longest; milliseconds. */
  loopDelay(): Promise<readonly number[]>;
}

export interface TaskRequest {
  readonly stage: Stage;
  /** Its cache and journal: the same folder for the same "machine". */
  readonly folder: string;
  readonly name: string;
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The serving task as a process of its own on its core, ready. */
export const startTask = async ({ stage, folder, name, core = cores.server, env = {} }: TaskRequest): Promise<Task> => {
  mkdirSync(folder, { recursive: true });
  const port = await chooseFreePort({ preferred: 5700 });
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, `${name}.loop.json`);
  const own = { PORT: String(port), HOST_ADDRESS: '127.0.0.1', CACHE_DIR: join(folder, 'cache'), LOOP_FILE: file };
  const pinned = await startPinned({
    name,
    command: process.execPath,
    args: ['--import', preload, ...imageArgs()],
    env: { ...stage.env, ...own, NODE_ENV: 'production', ...env },
    core,
    readyUrl: `${url}/ready`,
  });
  const loopDelay = async (): Promise<readonly number[]> => {
    rmSync(file, { force: true });
    pinned.signal('SIGUSR2');
    for (let wait = 0; wait < 200; wait += 1) {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as number[];
      } catch {
        await sleep(20);
      }
    }
    throw new Error(`${name} did not tell its event loop's delay`);
  };
  return { ...pinned, url, loopDelay };
};
