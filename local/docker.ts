import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { LocalStageError } from './errors.ts';
import { buildArguments, INPUTS_LABEL, imageInputs } from './image-inputs.ts';

const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const ANSWER_LIMIT_MS = 2_000;

/** Status and body of an answer; status 0 when none came in time. */
const get = (socketPath: string, path: string): Promise<{ status: number; body: string }> =>
  new Promise((done) => {
    const call = request({ socketPath, path, timeout: ANSWER_LIMIT_MS }, async (reply) => {
      const body = await text(reply).catch(() => '');
      done({ status: reply.statusCode ?? 0, body });
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => done({ status: 0, body: '' }));
    call.end();
  });

const socketOf = (dockerHost: string): string => dockerHost.slice('unix://'.length);

/** The address of a Docker engine on this machine that answers; undefined when none does. Takes 2 s at most. */
export const findDocker = async (env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> => {
  const host = env.DOCKER_HOST || DEFAULT_HOST;
  // Over TCP a task's loopback address is another machine's: neither lane could serve it.
  if (!host.startsWith('unix://')) return undefined;
  return existsSync(socketOf(host)) && (await get(socketOf(host), '/_ping')).status === 200 ? host : undefined;
};

const Inspected = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

const stateOf = async (dockerHost: string, name: string, wanted: string): Promise<'missing' | 'stale' | 'current'> => {
  const { status, body } = await get(socketOf(dockerHost), `/images/mlops-platform/${name}:local/json`);
  if (status !== 200) return 'missing';
  return Inspected.parse(JSON.parse(body)).Config?.Labels?.[INPUTS_LABEL] === wanted ? 'current' : 'stale';
};

/**
 * An image whose name is there may be of last week's code: only one that was built from the checkout's files counts.
 * @throws {LocalStageError} DOCKER_IMAGE_MISSING naming the build command of each image that is missing or stale
 */
export const checkImages = async (dockerHost: string, root: string, names: readonly string[]): Promise<void> => {
  const states = await Promise.all(
    names.map(async (name) => ({ name, state: await stateOf(dockerHost, name, imageInputs(root, name)) })),
  );
  const wanting = states.filter(({ state }) => state !== 'current');
  if (wanting.length === 0) return;
  const builds = wanting.map(({ name }) => `docker ${buildArguments(root, name).join(' ')}`);
  throw new LocalStageError({
    code: 'DOCKER_IMAGE_MISSING',
    message: `Docker at ${dockerHost} has no current image: ${wanting.map(({ name, state }) => `${name} is ${state}`).join(', ')}`,
    remedy: `Run ${builds.join(' && ')}, or leave Docker out with MLOPS_ENGINE=process`,
  });
};
