import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { containerEnv } from './container-env.ts';
import { checkImages, findDocker } from './docker.ts';
import { startDockerProxy } from './docker-proxy.ts';
import { LocalStageError } from './errors.ts';
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
const processEngine = async ({ paths, prepare }: EngineChoice): Promise<TaskEngine> => {
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

const dockerEngine = async (dockerHost: string, { paths }: EngineChoice): Promise<TaskEngine> => {
  // The emulator itself removes its containers when it ends, which is before this.
  const proxy = await startDockerProxy(dockerHost, paths.tmp);
  return { kind: 'docker', dockerHost: proxy.dockerHost, stop: proxy.stop };
};

const refuse = (message: string): LocalStageError =>
  new LocalStageError({
    code: 'DOCKER_LANE_UNSUPPORTED',
    message,
    remedy: 'Start Docker (or set DOCKER_HOST=unix:///…), or leave MLOPS_ENGINE out',
  });

/** Names of all images of the checkout. */
const imageNames = ({ paths }: EngineChoice): string[] =>
  existsSync(paths.containers)
    ? readdirSync(paths.containers).filter((name) => existsSync(join(paths.containers, name, 'Dockerfile')))
    : [];

/**
 * Docker where it answers and has images of just these files, processes otherwise. MLOPS_ENGINE=process never asks Docker;
 * MLOPS_ENGINE=docker fails instead of falling back.
 * @throws {LocalStageError} DOCKER_LANE_UNSUPPORTED or DOCKER_IMAGE_MISSING, with MLOPS_ENGINE=docker only
 */
export const chooseEngine = async (choice: EngineChoice, env: NodeJS.ProcessEnv = process.env): Promise<TaskEngine> => {
  const wish = env.MLOPS_ENGINE ?? '';
  if (wish === 'process') return processEngine(choice);
  // Docker Desktop's containers live in a virtual machine with a loopback of its own.
  const dockerHost = process.platform === 'linux' ? await findDocker(env) : undefined;
  if (!dockerHost && wish === 'docker') throw refuse('MLOPS_ENGINE=docker, but no Docker on this Linux answers');
  if (!dockerHost) return processEngine(choice);
  try {
    await checkImages(dockerHost, choice.paths.root, imageNames(choice));
    return await dockerEngine(dockerHost, choice);
  } catch (error) {
    if (wish === 'docker' || !(error instanceof LocalStageError)) throw error;
    choice.onProgress?.(`Docker answers but is not used, tasks run as processes: ${error.message}`);
    return processEngine(choice);
  }
};
