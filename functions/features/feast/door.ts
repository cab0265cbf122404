import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callerOf } from '../../_shared/caller.ts';
import { refuseForged } from '../../_shared/cross-site.ts';
import { bodyBytes, boundedBody, parseBody } from '../../_shared/http-body.ts';
import type { HttpEvent } from '../../_shared/http-request.ts';
import { toJson } from '../../_shared/json.ts';
import { logger } from '../../_shared/logger.ts';
import { type FeastReply, feastError, unprocessable } from './errors.ts';
import { problemsOf } from './messages.ts';
import { type Asked, type FeastDeps, type Operation, operations } from './operations.ts';

// What stands before /feast (a stage, an API mapping) belongs to the address people use.
const PATH = /\/feast\/(?:(?<project>[a-z][a-z0-9_-]{1,62})\/)?(?<operation>[a-z-]+)\/?$/;

interface Heard {
  readonly event: HttpEvent;
  readonly asked: Asked;
}

const parsedBody = (event: HttpEvent): { readonly value: unknown } | FeastReply => {
  const bytes = boundedBody(bodyBytes(event));
  try {
    return { value: parseBody(bytes) };
  } catch (error) {
    return unprocessable([{ type: 'json_invalid', loc: ['body'], msg: (error as Error).message }]);
  }
};

const run = async (deps: FeastDeps, operation: Operation, { event, asked }: Heard): Promise<FeastReply> => {
  if (!operation.message) return operation.run(deps, asked, undefined as never);
  const body = parsedBody(event);
  if (!('value' in body)) return body;
  const message = operation.message.safeParse(body.value);
  return message.success ? operation.run(deps, asked, message.data as never) : problemsOf(message.error);
};

const answer = async (deps: FeastDeps, event: HttpEvent): Promise<FeastReply> => {
  const { method } = event.requestContext.http;
  const { project, operation: name = '' } = PATH.exec(event.rawPath)?.groups ?? {};
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) return { statusCode: 404, body: { detail: 'Not Found' } };
  if (operation.method !== method) return { statusCode: 405, body: { detail: 'Method Not Allowed' } };
  callerOf(event.requestContext.authorizer?.lambda, operation.role);
  refuseForged({ method, headers: event.headers });
  const isAsync = /^(true|1|yes|on)$/i.test(new URLSearchParams(event.rawQueryString).get('async') ?? '');
  return run(deps, operation, { event, asked: { project, isAsync } });
};

const dressed = ({ statusCode, body }: FeastReply): APIGatewayProxyStructuredResultV2 => {
  const headers = { 'cache-control': 'no-store', ...(statusCode === 503 && { 'retry-after': '1' }) };
  if (body === undefined) return { statusCode, headers };
  return { statusCode, headers: { ...headers, 'content-type': 'application/json' }, body: toJson(body) };
};

/** A Lambda that answers as Feast's feature server does, for its clients as they are. */
export const feastDoor = (deps: FeastDeps) =>
  middy<HttpEvent, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> => {
      const { requestId } = event.requestContext;
      logger.appendKeys({ correlationId: requestId, route: event.rawPath });
      try {
        return dressed(await answer(deps, event));
      } catch (error) {
        return dressed(feastError(error, requestId));
      }
    });
