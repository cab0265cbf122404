import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs inside the fleet's process: tells on SIGUSR2 how late its event loop was since the last time, milliseconds. */
const watcher = `
import { monitorEventLoopDelay } from 'node:perf_hooks';
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  const ms = (nanoseconds) => nanoseconds / 1e6;
  console.error('DELAY ' + JSON.stringify([50, 99, 100].map((p) => ms(delay.percentile(p)))));
  delay.reset();
});`;

export interface WatchedFleet {
  readonly port: number;
  readonly pid: number;
  /** Memory that it holds now, MiB. */
  residentMiB(): number;
  /** How late its event loop was since the last call: median, 99th of a hundred, most; milliseconds. */
  loopDelay(): Promise<readonly number[]>;
  stop(): void;
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

/** The serving container as a process of its own, which tells what it costs. Linux alone tells memory so. */
export const startWatchedFleet = async (port: number, env: Record<string, string>): Promise<WatchedFleet> => {
  const preload = `data:text/javascript,${encodeURIComponent(watcher)}`;
  const child = spawn(process.execPath, ['--import', preload, 'containers/serving/start.mjs'], {
    env: { PATH: process.env.PATH, PORT: String(port), HOST_ADDRESS: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr });
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the fleet ended with code ${child.exitCode}`);
    await sleep(100);
  }
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    residentMiB: () => {
      const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Number(kib) / 1_024;
    },
    loopDelay: async () => {
      const told = once(lines, 'line');
      child.kill('SIGUSR2');
      return JSON.parse(String(await told).slice('DELAY '.length)) as number[];
    },
    stop: () => void child.kill('SIGKILL'),
  };
};
