import { Buffer } from 'node:buffer';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { z } from 'zod';
import type { Route, RouteTable } from '#contracts/routes.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { errorReply } from './http-error.ts';
import { type HttpEvent, type HttpRequest, readRequest } from './http-request.ts';
import { toJson } from './json.ts';
import { logger } from './logger.ts';

/** One verb for each operation of a route table. */
export type HttpHandlers<T extends RouteTable> = {
  readonly [K in keyof T]: HttpHandler<T[K], z.input<T[K]['reply']>>;
};
type HttpHandler<R extends Route, Reply> = (request: HttpRequest<R>) => Promise<Reply>;
interface Operation {
  readonly route: Route;
  readonly run: (request: HttpRequest<Route>) => Promise<unknown>;
}

// Lambda lets 6 MB out.
const MAX_REPLY_BYTES = 5_500_000;
const CORRELATION = /^[\w.:-]{1,128}$/;

/** The caller's own id when it is harmless, so that logs of both sides meet. */
const correlationOf = (event: HttpEvent): string => {
  const given = event.headers['x-correlation-id'];
  return given !== undefined && CORRELATION.test(given) ? given : event.requestContext.requestId;
};

const operationsOf = <T extends RouteTable>(routes: T, handlers: HttpHandlers<T>): Map<string, Operation> =>
  new Map(
    Object.entries(routes).map(([name, route]) => [
      `${route.method} ${route.path}`,
      { route, run: handlers[name] as unknown as Operation['run'] },
    ]),
  );

const hasPages = ({ query }: Route): boolean => query instanceof z.ZodObject && 'maxResults' in query.shape;

const bounded = (route: Route, text: string): string => {
  if (Buffer.byteLength(text) <= MAX_REPLY_BYTES) return text;
  const remedy = hasPages(route) ? 'ask for fewer with maxResults' : 'long texts belong in artifacts, not in tags';
  throw new PlatformError('INVALID_REQUEST', `the answer is larger than 5.5 MB; ${remedy}`);
};

const answer = async (operations: Map<string, Operation>, event: HttpEvent) => {
  const operation = operations.get(event.routeKey);
  if (!operation)
    throw new PlatformError('ROUTE_NOT_FOUND', `there is no ${event.routeKey} here; the OpenAPI page lists all routes`);
  const { route, run } = operation;
  const reply = route.reply.parse(await run(readRequest(route, event)));
  return { statusCode: route.status ?? 200, body: bounded(route, toJson(reply)) };
};

const dressed = (
  reply: { statusCode: number; body: string },
  correlationId: string,
): APIGatewayProxyStructuredResultV2 => ({
  ...reply,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-correlation-id': correlationId,
    ...(reply.statusCode === 503 && { 'retry-after': '1' }),
  },
});

/**
 * A Lambda behind an HTTP API: one operation a route, everything checked by the contract on the way in and out.
 * Bad input is answered with 4xx, never 500.
 * @example export const handler = httpApi(registryRoutes, { getModel: ({ path }) => getModel(deps, path.name), … });
 */
export const httpApi = <T extends RouteTable>(routes: T, handlers: HttpHandlers<NoInfer<T>>) => {
  const operations = operationsOf(routes, handlers);
  return middy<HttpEvent, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> => {
      const correlationId = correlationOf(event);
      logger.appendKeys({ correlationId, route: event.routeKey });
      try {
        return dressed(await answer(operations, event), correlationId);
      } catch (error) {
        const { statusCode, body } = errorReply(error, event.requestContext.requestId);
        return dressed({ statusCode, body: toJson(body) }, correlationId);
      }
    });
};
