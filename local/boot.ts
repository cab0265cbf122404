import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironments, pythonImages } from './container-env.ts';
import { deployApp, type StackOutputs } from './deploy.ts';
import { leadEdge } from './edge/lead-edge.ts';
import { type EdgeHandle, startEdge } from './edge/server.ts';
import { type EmulatorHandle, startEmulator } from './emulator.ts';
import { chooseEngine, type TaskEngine } from './engine.ts';
import { acquireLock } from './lock.ts';
import { prepareMlflowUi } from './mlflow-ui.ts';
import { type LocalPaths, localPaths } from './paths.ts';
import { wantedEdgePort, wantedPort } from './ports.ts';
import { preflight } from './preflight.ts';
import { stopOnExitSignals } from './signals.ts';
import { startWatchdog } from './start-watchdog.ts';

export interface BootOptions {
  /** The checkout. @default this one */
  readonly root?: string;
  /** Folder of its state, when it is not to meet that of others. @default .local of the checkout */
  readonly state?: string;
  /** Wipe what earlier starts kept (but for finished Python environments). @default false */
  readonly reset?: boolean;
  /** @default MLOPS_PORT, else 4566; the next free one when it is taken */
  readonly port?: number;
  /** The folder of the CDK app. @default the checkout */
  readonly appFolder?: string;
  readonly onProgress?: (message: string) => void;
  /** Stop in order on Ctrl-C, SIGTERM and uncaught errors, then exit. @default true */
  readonly handleSignals?: boolean;
}

export interface Platform {
  readonly paths: LocalPaths;
  readonly emulator: EmulatorHandle;
  readonly engine: TaskEngine;
  /** The one address that stands for CloudFront's; it leads to what has been deployed. */
  readonly edge: EdgeHandle;
  /** Deploys the app and waits until the Python environments of its images are ready. */
  deploy(): Promise<StackOutputs>;
  /** Ends everything in order and leaves no process. Safe to call twice. */
  stop(): Promise<void>;
}

type Stop = () => Promise<void> | void;

/** Stops in the opposite order of starting; all are tried, the first failure is told. */
const stopAll = async (stops: Stop[]): Promise<void> => {
  const failures: unknown[] = [];
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

const KEPT_BY_RESET = new Set(['start.lock', 'venvs']);

/** Wipes the local state but for the lock and Python environments, which know themselves whether they are current. */
const wipeState = (paths: LocalPaths): void => {
  if (!existsSync(paths.state)) return;
  for (const entry of readdirSync(paths.state)) {
    if (!KEPT_BY_RESET.has(entry)) rmSync(join(paths.state, entry), { recursive: true, force: true });
  }
};

const assemble = async (options: BootOptions, paths: LocalPaths, stops: Stop[]): Promise<Omit<Platform, 'stop'>> => {
  const { onProgress = () => {}, appFolder = paths.root } = options;
  const preferredPort = options.port ?? wantedPort();
  const lock = await acquireLock(paths, onProgress);
  stops.push(() => lock.release());
  if (options.reset) wipeState(paths);
  await preflight(paths);
  stops.push(startWatchdog(paths));
  const clearTmp = (): void => rmSync(paths.tmp, { recursive: true, force: true });
  clearTmp(); // of an earlier start that crashed
  stops.push(clearTmp);

  const prepare = pythonEnvironments(paths, onProgress);
  const engine = await chooseEngine({ paths, onProgress, prepare });
  stops.push(() => engine.stop());
  const emulator = await startEmulator({ paths, onProgress, preferredPort, dockerHost: engine.dockerHost });
  stops.push(() => emulator.stop());
  const edge = await startEdge(wantedEdgePort(emulator.port));
  stops.push(() => edge.stop());

  const deploy = async (): Promise<StackOutputs> => {
    const venvs = Promise.all(pythonImages(paths).map(prepare));
    const webUi = appFolder === paths.root ? prepareMlflowUi(paths) : Promise.resolve();
    const stacks = webUi.then(() => deployApp({ emulator, paths, appFolder, onProgress }));
    const [outputs] = await Promise.all([stacks, venvs]);
    leadEdge(edge, { paths, emulatorUrl: emulator.url, stacks: outputs });
    return outputs;
  };
  return { paths, emulator, engine, edge, deploy };
};

/**
 * Boots the local stage: lock, checks, task engine, emulator with IAM enforced. Deploying is the caller's next step.
 * @throws {LocalStageError} with a code and a remedy for everything a newcomer can meet
 * @example const platform = await boot({ onProgress: console.log }); await platform.deploy(); await platform.stop();
 */
export const boot = async (options: BootOptions = {}): Promise<Platform> => {
  const paths = localPaths(options.root, options.state);
  const stops: Stop[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(stops);
    return stopped;
  };
  const unhandle = options.handleSignals === false ? () => {} : stopOnExitSignals(stop);
  stops.push(unhandle);
  try {
    return { ...(await assemble(options, paths, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
