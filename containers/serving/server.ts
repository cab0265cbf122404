import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { callerHeaders, unknownCaller } from '#contracts/routes.ts';
import { type ServingTelemetry, type Stopwatch, statusOf } from '#core/serving/index.ts';
import { type Ids, isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { LineLog } from './access-log.ts';
import { CallerGone } from './read-body.ts';
import { errorReply, type Reply } from './reply.ts';
import type { MatchedRoute, routesOf } from './routes.ts';

export interface ServerDeps {
  readonly routes: ReturnType<typeof routesOf>;
  readonly telemetry: Pick<ServingTelemetry, 'exchanged'>;
  readonly log: LineLog;
  readonly ids: Pick<Ids, 'ulid'>;
  readonly stopwatch: Stopwatch;
  readonly isDraining: () => boolean;
  /** How long a body may take to come, milliseconds; that of an upload may take any time. @default 30_000 */
  readonly bodyMs?: number;
}

/** Above this many requests at once a task answers 503 at once rather than all of them late. */
const MOST_IN_FLIGHT = 2_000;
const BODY_MS = 30_000;

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The caller's own id where it is plain, so that logs of several systems can be joined; otherwise a new one. */
const requestIdOf = ({ headers }: IncomingMessage, ids: ServerDeps['ids']): string => {
  const given = first(headers['x-correlation-id']) ?? first(headers['x-request-id']);
  return given !== undefined && /^[\w.:=@/+-]{1,128}$/.test(given) ? given : ids.ulid();
};

/** Set by the gateway's authorizer; a caller cannot reach this task but through the gateway. Empty for an unknown key. */
const callerOf = ({ headers }: IncomingMessage): string => {
  const id = first(headers[callerHeaders.id])?.slice(0, 256) ?? '';
  return id === unknownCaller ? '' : id;
};

const pathOf = ({ url = '/' }: IncomingMessage): string => {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
};

const write = (response: ServerResponse, reply: Reply, extra: Readonly<Record<string, string>>): void => {
  response.writeHead(reply.status, {
    'content-type': reply.type ?? 'application/json',
    'content-length': Buffer.byteLength(reply.body),
    ...reply.headers,
    ...extra,
  });
  response.end(reply.body);
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: MatchedRoute;
  readonly requestId: string;
  readonly caller: string;
  readonly startedMs: number;
}

const answer = async (deps: ServerDeps, exchange: Exchange, isFull: boolean): Promise<Reply | undefined> => {
  const { request, route, requestId, caller } = exchange;
  try {
    if (isFull) throw new PlatformError('UNAVAILABLE', 'this task has all the requests it can hold; try again shortly');
    return await route.answer({ request, requestId, caller, model: route.model });
  } catch (error) {
    if (error instanceof CallerGone) return undefined;
    if (!isPlatformError(error) || statusOf(error.code) === 500)
      deps.log.write('ERROR', 'request failed', { request_id: requestId, error: String((error as Error)?.stack) });
    return errorReply(error, requestId);
  }
};

/** Status in logs and metrics of an exchange whose caller hung up. */
const CALLER_GONE = 499;

const finish = (deps: ServerDeps, exchange: Exchange, reply: Reply | undefined): void => {
  const { request, response, route, requestId, caller, startedMs } = exchange;
  const closing: Record<string, string> = deps.isDraining() ? { connection: 'close' } : {};
  if (reply) write(response, reply, { 'x-correlation-id': requestId, ...closing });
  const ms = deps.stopwatch.ms() - startedMs;
  const status = reply?.status ?? CALLER_GONE;
  const method = request.method ?? '';
  deps.telemetry.exchanged(route.endpoint, method, { status, seconds: ms / 1_000 });
  if (!route.isLogged) return;
  const path = pathOf(request).slice(0, 256);
  const rounded = Math.round(ms * 1_000) / 1_000;
  deps.log.write('INFO', 'request', { method, path, status, ms: rounded, request_id: requestId, caller });
};

/** What a refused body is read on for, unkept, so that its sender hears why; beyond it the connection closes. */
const MOST_SWALLOWED_BYTES = 64 * 1_024 * 1_024;

/** A body that nobody asked for must not hold up the next request of its connection. */
const swallow = (request: IncomingMessage): void => {
  if (request.complete || request.closed) return;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_SWALLOWED_BYTES) request.destroy();
  });
  request.resume();
};

/** Gives up a body that is too slow: the server's own limit would be one for uploads too. */
const limitTime = (request: IncomingMessage, response: ServerResponse, bodyMs: number): void => {
  const late = setTimeout(() => {
    if (!response.headersSent) request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    request.socket.destroySoon();
  }, bodyMs);
  request.once('close', () => clearTimeout(late));
};

/** The HTTP server, not yet listening. */
export const servingServer = (deps: ServerDeps): Server => {
  let inFlight = 0;
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = deps.stopwatch.ms();
    const route = deps.routes(request.method ?? '', pathOf(request));
    const requestId = requestIdOf(request, deps.ids);
    const exchange = { request, response, route, requestId, caller: callerOf(request), startedMs };
    inFlight += 1;
    if (!route.isUpload) limitTime(request, response, deps.bodyMs ?? BODY_MS);
    try {
      finish(deps, exchange, await answer(deps, exchange, inFlight > MOST_IN_FLIGHT));
    } finally {
      inFlight -= 1;
      if (route.isUpload && !request.closed) limitTime(request, response, deps.bodyMs ?? BODY_MS);
      swallow(request);
    }
  };
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 0, connectionsCheckingInterval: 5_000 });
  server.on('request', (request, response) => void onRequest(request, response));
  // Longer than the load balancer's idle time of 60 s: it must be the side that closes.
  server.keepAliveTimeout = 75_000;
  return server;
};
