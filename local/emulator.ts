import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientEnv, clientEnv, emulatorEnv, runningMark } from './emulator-env.ts';
import { LocalStageError } from './errors.ts';
import { type LocalPaths, repositoryRoot } from './paths.ts';
import { chooseFreePort } from './ports.ts';
import { hasEnded, startGroup, stopGroup } from './processes.ts';
import { prepareVenv } from './python-env.ts';

export interface EmulatorHandle {
  /** Such as http://127.0.0.1:4566. */
  readonly url: string;
  readonly port: number;
  /** Makes any AWS client the emulator's root user. */
  readonly env: ClientEnv;
  /** Resolves with the reason if the emulator ends while nobody asked it to. */
  readonly died: Promise<LocalStageError>;
  /** Ends it and everything it started, after its state is written. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  readonly paths: LocalPaths;
  readonly preferredPort?: number;
  readonly dockerHost?: string | undefined;
  readonly onProgress?: (message: string) => void;
  /** How long it may take to answer. @default 30000 */
  readonly healthLimitMs?: number;
}

const SAVE_LIMIT_MS = 20_000;

const logFile = (paths: LocalPaths): string => join(paths.logs, 'emulator.log');

/** Makes (or finds) the pinned Python environment that the emulator runs in. */
export const prepareEmulatorVenv = (paths: LocalPaths, onProgress?: (message: string) => void): Promise<string> =>
  prepareVenv({
    name: 'emulator',
    source: { kind: 'requirements', file: join(repositoryRoot, 'local', 'emulator-requirements.txt') },
    paths,
    ...(onProgress && { onProgress }),
  });

// Its snapshot is written only at a clean end, S3 objects at once: after a crash the two do not belong together.
const openState = (paths: LocalPaths, say: (message: string) => void): void => {
  if (existsSync(runningMark(paths))) {
    say('The emulator did not end cleanly last time, so its state is built anew.');
    for (const folder of [paths.emulatorState, paths.s3]) rmSync(folder, { recursive: true, force: true });
  }
  for (const folder of [paths.emulatorState, paths.s3, paths.tmp, paths.logs]) mkdirSync(folder, { recursive: true });
  writeFileSync(runningMark(paths), '');
};

const spawnEmulator = (options: EmulatorOptions, venv: string, port: number): ChildProcess => {
  const { paths, dockerHost } = options;
  const log = openSync(logFile(paths), 'w');
  try {
    return startGroup({
      command: join(venv, 'bin', 'python'),
      args: [join(repositoryRoot, 'local', 'launcher', 'main.py')],
      cwd: paths.state,
      env: emulatorEnv({ paths, port, dockerHost }),
      what: 'the emulator',
      runFolder: paths.run,
      output: log,
    });
  } finally {
    closeSync(log);
  }
};

const isHealthy = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
};

const logTail = (paths: LocalPaths): string => readFileSync(logFile(paths), 'utf8').split('\n').slice(-15).join('\n');

const failure = (code: 'EMULATOR_DIED' | 'EMULATOR_NOT_HEALTHY', what: string, paths: LocalPaths): LocalStageError =>
  new LocalStageError({
    code,
    message: `${what}. Its log ends:\n${logTail(paths)}\n`,
    remedy: `Read ${logFile(paths)}, and start again; "npm start -- --reset" begins from nothing`,
  });

const waitUntilHealthy = async (child: ChildProcess, url: string, options: EmulatorOptions): Promise<void> => {
  const limitMs = options.healthLimitMs ?? 30_000;
  const deadline = Date.now() + limitMs;
  while (!(await isHealthy(url))) {
    if (hasEnded(child) || child.pid === undefined) {
      throw failure(
        'EMULATOR_DIED',
        `The emulator ended with code ${child.exitCode} before it answered`,
        options.paths,
      );
    }
    if (Date.now() > deadline) {
      throw failure(
        'EMULATOR_NOT_HEALTHY',
        `The emulator did not answer at ${url} within ${limitMs} ms`,
        options.paths,
      );
    }
    await sleep(100);
  }
};

const handleOf = (child: ChildProcess, port: number, paths: LocalPaths): EmulatorHandle => {
  let wanted = true;
  const url = `http://127.0.0.1:${port}`;
  const died = new Promise<LocalStageError>((tell) => {
    child.once('exit', (code, signal) => {
      if (wanted) tell(failure('EMULATOR_DIED', `The emulator ended by itself (${signal ?? `code ${code}`})`, paths));
    });
  });
  const stop = async (): Promise<void> => {
    wanted = false;
    await stopGroup(child, SAVE_LIMIT_MS);
  };
  return { url, port, env: clientEnv(url), died, stop };
};

/**
 * Boots the emulator with IAM enforced, on the preferred port or the next free one, and waits until it answers.
 * State of an earlier clean end is loaded. The caller must call `stop`.
 * @throws {LocalStageError} EMULATOR_DIED, EMULATOR_NOT_HEALTHY, PORT_TAKEN and those of prepareVenv
 */
export const startEmulator = async (options: EmulatorOptions): Promise<EmulatorHandle> => {
  const { paths, onProgress = () => {} } = options;
  const venv = await prepareEmulatorVenv(paths, onProgress);
  const port = await chooseFreePort(options.preferredPort === undefined ? {} : { preferred: options.preferredPort });
  openState(paths, onProgress);
  const child = spawnEmulator(options, venv, port);
  const handle = handleOf(child, port, paths);
  try {
    await waitUntilHealthy(child, handle.url, options);
  } catch (error) {
    await handle.stop();
    throw error;
  }
  return handle;
};
