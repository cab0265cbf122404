import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { LocalStageError } from './errors.ts';
import { runCommand } from './run-command.ts';

const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const ANSWER_LIMIT_MS = 2_000;

const ping = (socketPath: string): Promise<boolean> =>
  new Promise((done) => {
    const call = request({ socketPath, path: '/_ping', timeout: ANSWER_LIMIT_MS }, (reply) => {
      reply.resume();
      done(reply.statusCode === 200);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => done(false));
    call.end();
  });

/** The address of a Docker engine on this machine that answers; undefined when none does. Takes 2 s at most. */
export const findDocker = async (env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> => {
  const host = env.DOCKER_HOST || DEFAULT_HOST;
  // Over TCP a task's loopback address is another machine's: neither lane could serve it.
  if (!host.startsWith('unix://')) return undefined;
  const socketPath = host.slice('unix://'.length);
  return existsSync(socketPath) && (await ping(socketPath)) ? host : undefined;
};

/** @throws {LocalStageError} DOCKER_IMAGE_MISSING naming the build command of each image that is not there */
export const checkImages = async (dockerHost: string, names: readonly string[]): Promise<void> => {
  const checks = names.map(async (name) => {
    const { code } = await runCommand({
      command: 'docker',
      args: ['image', 'inspect', `mlops-platform/${name}:local`],
      cwd: process.cwd(),
      env: { ...process.env, DOCKER_HOST: dockerHost },
      timeoutMs: 20_000,
    });
    return code === 0 ? [] : [name];
  });
  const missing = (await Promise.all(checks)).flat();
  if (missing.length === 0) return;
  const builds = missing.map((n) => `docker build -f containers/${n}/Dockerfile -t mlops-platform/${n}:local .`);
  throw new LocalStageError({
    code: 'DOCKER_IMAGE_MISSING',
    message: `Docker at ${dockerHost} has no image for ${missing.join(', ')}`,
    remedy: `Run ${builds.join(' && ')}, or leave Docker out with MLOPS_ENGINE=process`,
  });
};
