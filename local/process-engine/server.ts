import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ZodError } from 'zod';
import { LocalStageError } from '../errors.ts';
import * as containers from './container-routes.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';
import { type Call, DockerError, sendJson } from './http.ts';
import * as images from './image-routes.ts';

type Route = readonly [method: string, path: RegExp, handler: containers.Handler];

/** The part of the Docker Engine API that the emulator and the docker SDK use. */
const routes: readonly Route[] = [
  ['GET', /^\/_ping$/, images.ping],
  ['HEAD', /^\/_ping$/, images.ping],
  ['GET', /^\/version$/, images.version],
  ['GET', /^\/info$/, images.info],
  ['POST', /^\/images\/create$/, images.pullImage],
  ['GET', /^\/images\/(.+)\/json$/, images.inspectImage],
  ['POST', /^\/images\/(.+)\/tag$/, images.tagImage],
  ['GET', /^\/distribution\/(.+)\/json$/, images.distribution],
  ['GET', /^\/containers\/json$/, containers.listContainers],
  ['POST', /^\/containers\/create$/, containers.createContainer],
  ['GET', /^\/containers\/([^/]+)\/json$/, containers.inspectContainer],
  ['GET', /^\/containers\/([^/]+)\/logs$/, containers.containerLogs],
  ['POST', /^\/containers\/([^/]+)\/start$/, containers.startContainer],
  ['POST', /^\/containers\/([^/]+)\/stop$/, containers.stopContainer],
  ['POST', /^\/containers\/([^/]+)\/kill$/, containers.killContainer],
  ['POST', /^\/containers\/([^/]+)\/wait$/, containers.waitContainer],
  ['DELETE', /^\/containers\/([^/]+)$/, containers.removeContainer],
];

const statusOf = (error: unknown): number => {
  if (error instanceof DockerError) return error.status;
  return error instanceof LocalStageError || error instanceof ZodError || error instanceof SyntaxError ? 400 : 500;
};

const findHandler = (method: string, path: string): { handler: containers.Handler; name: string } => {
  for (const [wanted, pattern, handler] of routes) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return { handler, name: match[1] ?? '' };
  }
  throw new DockerError(501, `${method} ${path} is not part of the process engine`);
};

const answerError = (call: Call, error: unknown): void => {
  const message = error instanceof Error ? error.message : String(error);
  if (call.response.headersSent) call.response.destroy();
  else sendJson(call, statusOf(error), { message });
};

const dispatch = async (engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://engine');
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\.\d+(?=\/)/, '');
  const call = { request, response, name: '', query: url.searchParams };
  try {
    const { handler, name } = findHandler(request.method ?? 'GET', path);
    await handler(engine, { ...call, name });
  } catch (error) {
    answerError(call, error);
  }
};

export interface ProcessEngine {
  /** For DOCKER_HOST: unix:///…/docker.sock. */
  readonly dockerHost: string;
  readonly socketPath: string;
  readonly engine: Engine;
  /** Ends every container, then the socket. */
  stop(): Promise<void>;
}

const listen = (server: Server, socketPath: string): Promise<void> =>
  new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(socketPath, done);
  });

export interface ServerOptions extends EngineOptions {
  /** Where the socket's own folder is made; keep it short, socket paths end at about 100 bytes. */
  readonly socketParent: string;
}

/** Opens the engine on a unix socket of its own. */
export const startProcessEngine = async (options: ServerOptions): Promise<ProcessEngine> => {
  mkdirSync(options.socketParent, { recursive: true });
  const folder = mkdtempSync(join(options.socketParent, 'engine-'));
  const socketPath = join(folder, 'docker.sock');
  const engine = createEngine(options);
  const server = createServer((request, response) => void dispatch(engine, request, response));
  server.requestTimeout = 0; // a wait lasts as long as its container
  await listen(server, socketPath);
  const stop = async (): Promise<void> => {
    await engine.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true, force: true });
  };
  return { dockerHost: `unix://${socketPath}`, socketPath, engine, stop };
};
