import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { containerEnv } from './container-env.ts';
import type { LocalPaths } from './paths.ts';
import { startProcessEngine } from './process-engine/server.ts';

/** What runs ECS tasks. */
export interface TaskEngine {
  readonly kind: 'docker' | 'process';
  /** For the emulator's DOCKER_HOST. */
  readonly dockerHost: string;
  /** Ends every task. */
  stop(): Promise<void>;
}

export interface EngineChoice {
  readonly paths: LocalPaths;
  readonly onProgress?: (message: string) => void;
  /** Makes the Python environment of an image. */
  readonly prepare: (image: string) => Promise<string | undefined>;
}

/** Runs tasks as processes of this machine. */
export const processEngine = async ({ paths, prepare }: EngineChoice): Promise<TaskEngine> => {
  rmSync(join(paths.logs, 'containers'), { recursive: true, force: true });
  mkdirSync(paths.run, { recursive: true });
  const { dockerHost, stop } = await startProcessEngine({
    root: paths.root,
    containers: paths.containers,
    logs: paths.logs,
    runFolder: paths.run,
    socketParent: paths.tmp,
    baseEnv: containerEnv(paths, prepare),
  });
  return { kind: 'process', dockerHost, stop };
};
