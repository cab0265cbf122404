import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { servingHeaders } from '#contracts/serving.ts';
import { type ServingTelemetry, type Stopwatch, statusOf } from '#core/serving/index.ts';
import { type Ids, isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { LineLog } from './access-log.ts';
import type { Cors } from './cors.ts';
import { gzipped, isForGzip } from './gzip-reply.ts';
import { CallerGone } from './read-body.ts';
import { errorReply, type Reply } from './reply.ts';
import { callerOf, isUnknownCaller, pathOf, requestIdOf } from './request-facts.ts';
import type { MatchedRoute, routesOf } from './routes/index.ts';
import { unauthenticated } from './routes/route.ts';
import { slowBodies, swallow } from './slow-bodies.ts';

export interface ServerDeps {
  readonly routes: ReturnType<typeof routesOf>;
  readonly telemetry: Pick<ServingTelemetry, 'exchanged'>;
  readonly log: LineLog;
  readonly ids: Pick<Ids, 'ulid'>;
  readonly stopwatch: Stopwatch;
  readonly isDraining: () => boolean;
  /** How long a body may take to come, milliseconds; that of an upload may take any time. @default 30_000 */
  readonly bodyMs?: number;
  /** Above so many predictions at once a task refuses them at once rather than answer all of them late. @default 2_000 */
  readonly mostInFlight?: number;
  /** Who asks when no gateway says who. @default nobody */
  readonly callerOfNobody?: string;
  /** Whose pages may ask from a browser. @default none */
  readonly cors?: Cors;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: MatchedRoute;
  readonly path: string;
  readonly requestId: string;
  readonly caller: string;
  readonly startedMs: number;
}

const addHeaders = (to: string[], headers: Readonly<Record<string, string>> | undefined): void => {
  for (const name in headers) to.push(name, headers[name] as string);
};

/** Status line, headers and body as one write. */
const write = (deps: ServerDeps, { request, response, requestId }: Exchange, reply: Reply): void => {
  const { body, status, type = 'application/json' } = reply;
  const bytes = Buffer.byteLength(body);
  // A flat list goes out as it is, an object is looked through and copied first.
  const headers = ['content-type', type, 'content-length', String(bytes), servingHeaders.correlation, requestId];
  addHeaders(headers, reply.headers);
  addHeaders(headers, deps.cors?.headers(request));
  if (deps.isDraining()) headers.push('connection', 'close');
  response.writeHead(status, headers);
  // As many bytes as characters is ASCII, which needs no encoding.
  if (typeof body === 'string' && bytes === body.length) response.end(body, 'latin1');
  else response.end(body);
};

const refuseWhenFull = (inFlight: number, most: number): void => {
  if (inFlight <= most) return;
  throw new PlatformError(
    'QUEUE_FULL',
    `this task has ${most} predictions under way, which is all it takes; try again shortly`,
    {
      most,
    },
  );
};

/** Whoever asks how a full task is must hear it, or it would be taken for dead; uploads have bounds of their own. */
const isCounted = ({ isLogged, isUpload }: MatchedRoute): boolean => isLogged && !isUpload;

const failed = ({ log }: ServerDeps, { route, requestId }: Exchange, error: unknown): Reply | undefined => {
  if (error instanceof CallerGone) return undefined;
  if (!isPlatformError(error) || statusOf(error.code) === 500)
    log.write('ERROR', 'request failed', { request_id: requestId, error: String((error as Error)?.stack) });
  return (route.toError ?? errorReply)(error, requestId);
};

const answer = async (deps: ServerDeps, exchange: Exchange, isFull: () => void): Promise<Reply | undefined> => {
  const { request, route, requestId, caller } = exchange;
  try {
    if (isCounted(route)) isFull();
    const preflight = deps.cors?.preflight(request);
    if (preflight) return preflight;
    // Also of routes that whoever asks a task itself may read. Uploads show their key to the artifact proxy.
    if (!route.isUpload && isUnknownCaller(request)) throw unauthenticated();
    const reply = await route.answer({ request, requestId, caller, model: route.model });
    return isForGzip(request, reply) ? await gzipped(reply) : reply;
  } catch (error) {
    return failed(deps, exchange, error);
  }
};

/** Status in logs and metrics of an exchange whose caller hung up. */
const CALLER_GONE = 499;

const finish = (deps: ServerDeps, exchange: Exchange, reply: Reply | undefined): void => {
  const { request, route, path, requestId, caller, startedMs } = exchange;
  if (reply) write(deps, exchange, reply);
  const ms = deps.stopwatch.ms() - startedMs;
  const status = reply?.status ?? CALLER_GONE;
  const method = request.method ?? '';
  deps.telemetry.exchanged(route.endpoint, method, { status, seconds: ms / 1_000 });
  if (route.isLogged) deps.log.request({ method, path: path.slice(0, 256), status, ms, requestId, caller });
};

/** The HTTP server, not yet listening. */
export const servingServer = (deps: ServerDeps): Server => {
  const { bodyMs = 30_000, mostInFlight = 2_000, callerOfNobody = '' } = deps;
  let inFlight = 0;
  const bodies = slowBodies(bodyMs);
  const isFull = (): void => refuseWhenFull(inFlight, mostInFlight);
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = deps.stopwatch.ms();
    const path = pathOf(request);
    const route = deps.routes(request.method ?? '', path);
    const requestId = requestIdOf(request, deps.ids);
    const exchange = {
      request,
      response,
      route,
      path,
      requestId,
      caller: callerOf(request) || callerOfNobody,
      startedMs,
    };
    const counted = isCounted(route) ? 1 : 0;
    inFlight += counted;
    if (!route.isUpload) bodies.watch(request, response);
    try {
      finish(deps, exchange, await answer(deps, exchange, isFull));
    } finally {
      inFlight -= counted;
      if (route.isUpload) bodies.watch(request, response);
      bodies.release(request);
      swallow(request);
    }
  };
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 0, connectionsCheckingInterval: 5_000 });
  server.on('request', (request, response) => void onRequest(request, response));
  server.on('close', () => bodies.stop());
  // Longer than the load balancer's idle time of 60 s: it must be the side that closes.
  server.keepAliveTimeout = 75_000;
  return server;
};
