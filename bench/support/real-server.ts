import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '#local/ports.ts';
import { hasEnded, startGroup, stopGroup } from '#local/processes.ts';
import { mlflowVenv, type Target } from './real-client.ts';

const STARTS_WITHIN_MS = 60_000;

export interface RealServer extends Target {
  readonly pid: number;
  stop(): Promise<void>;
}

const answers = async (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

interface Place {
  readonly folder: string;
  readonly port: number;
}

const spawnServer = async ({ folder, port }: Place): Promise<ChildProcess> => {
  const store = [
    '--backend-store-uri',
    `sqlite:///${folder}/mlflow.db`,
    '--artifacts-destination',
    join(folder, 'art'),
  ];
  const log = openSync(join(folder, 'server.log'), 'w');
  const child = startGroup({
    command: join(await mlflowVenv(), 'bin', 'python'),
    args: ['-m', 'mlflow', 'server', ...store, '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    cwd: folder,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' },
    what: 'an mlflow server',
    runFolder: join(folder, 'run'),
    output: log,
  });
  closeSync(log);
  return child;
};

const untilReady = async (child: ChildProcess, url: string): Promise<void> => {
  for (const giveUpAt = Date.now() + STARTS_WITHIN_MS; !(await answers(url)); await sleep(200))
    if (hasEnded(child) || Date.now() > giveUpAt) throw new Error('the mlflow server did not start');
};

/** MLflow's own server on SQLite, with one worker and a folder of its own that goes with it. */
export const startRealServer = async (): Promise<RealServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-server-'));
  const port = await chooseFreePort({ preferred: 5600 });
  const child = await spawnServer({ folder, port });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await stopGroup(child, 10_000);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, token: 'ignored', pid: child.pid ?? 0, stop };
};
