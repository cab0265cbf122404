import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import type { MlflowRoute, MlflowRoutes } from '#contracts/mlflow/wire.ts';
import type { Caller } from '#contracts/routes.ts';
import { callerOf } from './caller.ts';
import { refuseForged } from './cross-site.ts';
import type { HttpEvent, PathNames } from './http-request.ts';
import { toJson } from './json.ts';
import { logger } from './logger.ts';
import { callOfHttpApi, type MlflowCall } from './mlflow-call.ts';
import { mlflowErrorReply } from './mlflow-errors.ts';
import { readMessage } from './mlflow-message.ts';
import { bodyOf, HttpReply, messageJson } from './mlflow-reply.ts';
import { type Router, routerOf } from './mlflow-router.ts';
import { smallerPage } from './mlflow-smaller-page.ts';

/** Name of a {name} or a {name+}. */
type Bare<N> = N extends `${infer Name}+` ? Name : N;

/** What a handler gets: who calls is known and may; the message has passed the route's contract. */
export interface MlflowRequest<R extends MlflowRoute> {
  readonly message: R extends { request: infer S extends z.ZodRawShape } ? z.infer<z.ZodObject<S>> : undefined;
  readonly path: Readonly<Record<Bare<PathNames<R['path']>>, string>>;
  readonly caller: Caller;
  /** The call itself, for what is no message: other headers, bytes. */
  readonly call: MlflowCall;
}

/** A message (unset fields and empty lists are left out of it), or a whole HTTP answer. */
export type MlflowHandlers<T extends MlflowRoutes> = {
  readonly [K in keyof T]: (request: MlflowRequest<T[K]>) => Promise<object | HttpReply>;
};
type AnyRequest = Omit<MlflowRequest<MlflowRoute>, 'message'> & { readonly message: unknown };
interface Operation {
  readonly route: MlflowRoute;
  readonly run: (request: AnyRequest) => Promise<object | HttpReply>;
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const RETRY_STATUS = new Set([429, 503]);

const replyTo = async (operation: Operation, request: AnyRequest): Promise<APIGatewayProxyStructuredResultV2> => {
  const reply = await operation.run(request);
  if (reply instanceof HttpReply) return reply.result;
  const body = bodyOf(messageJson(reply), request.call.headers['accept-encoding']);
  if ('fits' in body) return { statusCode: 200, ...body.fits, headers: { ...JSON_HEADERS, ...body.fits.headers } };
  const answered = { reply, timesTooLarge: body.timesTooLarge };
  return replyTo(operation, { ...request, message: smallerPage(operation.route, request, answered) });
};

const refusal = (error: unknown, requestId: string): APIGatewayProxyStructuredResultV2 => {
  const { statusCode, body } = mlflowErrorReply(error, requestId);
  const retry = RETRY_STATUS.has(statusCode) && { 'retry-after': '1' };
  return { statusCode, headers: { ...JSON_HEADERS, ...retry }, body: toJson(body) };
};

const answer = async (router: Router<Operation>, call: MlflowCall): Promise<APIGatewayProxyStructuredResultV2> => {
  try {
    const { operation, path } = router(call.method, call.path);
    const caller = callerOf(call.caller, operation.route.role);
    refuseForged(call);
    const message = readMessage(operation.route, call);
    return await replyTo(operation, { message, path, caller, call });
  } catch (error) {
    return refusal(error, call.requestId);
  }
};

const operationsOf = <T extends MlflowRoutes>(routes: T, handlers: MlflowHandlers<T>) =>
  Object.entries(routes).map(([name, route]): readonly [MlflowRoute, Operation] => [
    route,
    { route, run: handlers[name] as unknown as Operation['run'] },
  ]);

/**
 * A Lambda that answers a part of MLflow's REST API: finds the operation by method and path, decides who may, checks
 * the message by its contract, answers and refuses in MLflow's dialect.
 *
 * Every door of this API is made by it. A route without `request` gets the call as it came (`call.body`,
 * `call.headers`, `call.rawQuery`), a route without `role` is open, and a handler that answers an `HttpReply` sends
 * what it likes (a file, a redirect, an empty list). Behind anything but an HTTP API with the platform's authorizer, give
 * `callOf`, which reads the event and says who calls.
 * @example export const handler = mlflowApi(runRoutes, { getRun: async ({ message }) => ({ run: … }), … });
 */
export const mlflowApi = <T extends MlflowRoutes, E = HttpEvent>(
  routes: T,
  handlers: MlflowHandlers<NoInfer<T>>,
  callOf: (event: E) => MlflowCall | Promise<MlflowCall> = callOfHttpApi as never,
) => {
  const router = routerOf(operationsOf(routes, handlers));
  return middy<E, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (event: E): Promise<APIGatewayProxyStructuredResultV2> => {
      const call = await callOf(event);
      logger.appendKeys({ correlationId: call.requestId, route: `${call.method} ${call.path}` });
      return answer(router, call);
    });
};
