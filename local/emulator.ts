import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientEnv, clientEnv, emulatorEnv, emulatorTmp, runningMark } from './emulator-env.ts';
import { LocalStageError } from './errors.ts';
import { type LocalPaths, repositoryRoot } from './paths.ts';
import { chooseFreePort, isPortFree } from './ports.ts';
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

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

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
  rmSync(emulatorTmp(paths), { recursive: true, force: true });
  for (const folder of [paths.emulatorState, paths.s3, emulatorTmp(paths), paths.logs])
    mkdirSync(folder, { recursive: true });
  writeFileSync(runningMark(paths), '');
};

interface Attempt {
  readonly options: EmulatorOptions;
  readonly venv: string;
  readonly port: number;
  readonly identity: string;
}

const spawnEmulator = ({ options, venv, port, identity }: Attempt): ChildProcess => {
  const { paths, dockerHost } = options;
  const log = openSync(logFile(paths), 'w');
  try {
    return startGroup({
      command: join(venv, 'bin', 'python'),
      args: [join(repositoryRoot, 'local', 'launcher', 'main.py')],
      cwd: paths.state,
      env: emulatorEnv({ paths, port, dockerHost, identity }),
      what: 'the emulator',
      runFolder: paths.run,
      output: log,
    });
  } finally {
    closeSync(log);
  }
};

const isHealthy = async ({ port, identity }: Attempt): Promise<boolean> => {
  try {
    const reply = await fetch(`${urlOf(port)}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    return ((await reply.json()) as { edition?: string }).edition === identity;
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

const waitUntilHealthy = async (child: ChildProcess, attempt: Attempt): Promise<void> => {
  const { paths, healthLimitMs: limitMs = 30_000 } = attempt.options;
  const deadline = Date.now() + limitMs;
  while (!(await isHealthy(attempt))) {
    if (hasEnded(child) || child.pid === undefined) {
      throw failure('EMULATOR_DIED', `The emulator ended with code ${child.exitCode} before it answered`, paths);
    }
    if (Date.now() > deadline) {
      const url = urlOf(attempt.port);
      throw failure('EMULATOR_NOT_HEALTHY', `The emulator did not answer at ${url} within ${limitMs} ms`, paths);
    }
    await sleep(100);
  }
};

const handleOf = (child: ChildProcess, port: number, paths: LocalPaths): EmulatorHandle => {
  let wanted = true;
  const url = urlOf(port);
  const died = new Promise<LocalStageError>((tell) => {
    child.once('exit', (code, signal) => {
      if (wanted) tell(failure('EMULATOR_DIED', `The emulator ended by itself (${signal ?? `code ${code}`})`, paths));
    });
  });
  const stop = async (): Promise<void> => {
    wanted = false;
    await stopGroup(child, SAVE_LIMIT_MS);
    rmSync(emulatorTmp(paths), { recursive: true, force: true });
    removeIfEmpty(paths.tmp);
  };
  return { url, port, env: clientEnv(url), died, stop };
};

// Others keep their files beside the emulator's.
const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone already.
  }
};

const bootOn = async (attempt: Attempt): Promise<EmulatorHandle> => {
  const child = spawnEmulator(attempt);
  const handle = handleOf(child, attempt.port, attempt.options.paths);
  try {
    await waitUntilHealthy(child, attempt);
    return handle;
  } catch (error) {
    await handle.stop();
    throw error;
  }
};

/**
 * Boots the emulator with IAM enforced, on the preferred port or the next free one, and waits until it answers.
 * State of an earlier clean end is loaded. The caller must call `stop`.
 * @throws {LocalStageError} EMULATOR_DIED, EMULATOR_NOT_HEALTHY, PORT_TAKEN and those of prepareVenv
 */
export const startEmulator = async (options: EmulatorOptions): Promise<EmulatorHandle> => {
  const { paths, onProgress = () => {}, preferredPort = 4566 } = options;
  const venv = await prepareEmulatorVenv(paths, onProgress);
  openState(paths, onProgress);
  for (let tries = 1; ; tries += 1) {
    const port = await chooseFreePort({ preferred: preferredPort });
    try {
      return await bootOn({ options, venv, port, identity: randomUUID() });
    } catch (error) {
      // Someone else took the port between the look and the emulator's own bind.
      if (tries === 3 || (await isPortFree(port))) throw error;
    }
  }
};
