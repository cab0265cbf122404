import type { Container } from './container.ts';
import type { StreamNumber } from './container-log.ts';
import { frameOf } from './container-log.ts';
import { parseCreateBody } from './create-request.ts';
import type { Engine } from './engine.ts';
import { type Call, DockerError, graceOf, isOn, readJson, sendJson, sendNothing } from './http.ts';
import { inspectView, summaryView } from './views.ts';

/** One door of the engine. */
export type Handler = (engine: Engine, call: Call) => Promise<void> | void;

const find = (engine: Engine, { name }: Call): Container => {
  const container = engine.store.find(name);
  if (container) return container;
  throw new DockerError(404, `No such container: ${name}`);
};

const labelFilters = (query: URLSearchParams): string[] => {
  const filters = JSON.parse(query.get('filters') || '{}') as { label?: string[] | Record<string, boolean> };
  return Array.isArray(filters.label) ? filters.label : Object.keys(filters.label ?? {});
};

export const listContainers: Handler = (engine, call) => {
  const all = engine.store.list(labelFilters(call.query));
  const shown = isOn(call.query, 'all') ? all : all.filter(({ state }) => state.status === 'running');
  sendJson(call, 200, shown.map(summaryView));
};

export const createContainer: Handler = async (engine, call) => {
  const body = parseCreateBody(await readJson(call));
  const image = engine.image(body.Image);
  if (!image) throw new DockerError(404, `No such image: ${body.Image}`);
  const name = call.query.get('name') ?? '';
  if (name && engine.store.find(name)) throw new DockerError(409, `Conflict. The name "/${name}" is already in use`);
  const { spec } = await engine.create(image, name, body);
  sendJson(call, 201, { Id: spec.id, Warnings: [] });
};

export const inspectContainer: Handler = (engine, call) => sendJson(call, 200, inspectView(find(engine, call)));

export const startContainer: Handler = (engine, call) => {
  const container = find(engine, call);
  if (container.state.status === 'running') return sendNothing(call, 304);
  // A process runs once: nothing of this project restarts a container, ECS replaces it.
  if (container.state.status === 'exited') throw new DockerError(409, `container ${call.name} has already run`);
  container.start();
  sendNothing(call);
};

export const stopContainer: Handler = async (engine, call) => {
  const container = find(engine, call);
  if (container.state.status !== 'running') return sendNothing(call, 304);
  await container.stop(graceOf(call.query));
  sendNothing(call);
};

export const killContainer: Handler = async (engine, call) => {
  const container = find(engine, call);
  if (container.state.status !== 'running') throw new DockerError(409, `Container ${call.name} is not running`);
  const signal = (call.query.get('signal') ?? 'SIGKILL').toUpperCase();
  await container.kill((signal.startsWith('SIG') ? signal : `SIG${signal}`) as NodeJS.Signals);
  sendNothing(call);
};

export const waitContainer: Handler = async (engine, call) => {
  const StatusCode = await find(engine, call).ended;
  sendJson(call, 200, { StatusCode, Error: null });
};

export const removeContainer: Handler = async (engine, call) => {
  const container = find(engine, call);
  if (container.state.status === 'running') {
    if (!isOn(call.query, 'force')) throw new DockerError(409, `container ${call.name} is running: stop it first`);
    await container.stop(0);
  }
  engine.remove(container);
  sendNothing(call);
};

const streamsOf = (query: URLSearchParams): Set<StreamNumber> => {
  const streams = new Set<StreamNumber>();
  if (isOn(query, 'stdout')) streams.add(1);
  if (isOn(query, 'stderr')) streams.add(2);
  return streams;
};

export const containerLogs: Handler = (engine, call) => {
  const { log } = find(engine, call);
  const { response, query } = call;
  const streams = streamsOf(query);
  const tail = Number.parseInt(query.get('tail') ?? 'all', 10);
  response.writeHead(200, { 'content-type': 'application/vnd.docker.multiplexed-stream' });
  response.flushHeaders();
  for (const frame of log.frames(streams, Number.isNaN(tail) ? undefined : tail)) response.write(frame);
  if (!isOn(query, 'follow')) return void response.end();
  const unfollow = log.follow((line) => {
    if (!line) response.end();
    else if (streams.has(line.stream)) response.write(frameOf(line.stream, line.text));
  });
  response.once('close', unfollow);
};
