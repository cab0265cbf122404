import { Buffer } from 'node:buffer';
import type { Context } from 'aws-lambda';
import { callerContext } from '#contracts/routes.ts';

export interface Call {
  readonly route: string;
  readonly path?: Record<string, string>;
  readonly query?: string;
  readonly body?: unknown;
  readonly rawBody?: string | Buffer;
  readonly role?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** An HTTP API event (payload 2.0) as API Gateway sends it behind the authorizer. */
export const eventOf = ({ route, path, query = '', body, rawBody, role = 'admin', headers }: Call) => {
  const raw = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const binary = Buffer.isBuffer(raw);
  const lambda = { [callerContext.id]: 'ann', [callerContext.role]: role };
  return {
    version: '2.0',
    routeKey: route,
    rawPath: '/',
    rawQueryString: query,
    headers: { ...(raw !== undefined && { 'content-type': 'application/json' }), ...headers },
    pathParameters: path,
    requestContext: { requestId: 'request-1', ...(role !== 'nobody' && { authorizer: { lambda } }) },
    isBase64Encoded: binary,
    ...(raw !== undefined && { body: binary ? raw.toString('base64') : raw }),
  };
};

export const lambdaContext = {
  functionName: 'f',
  awsRequestId: 'r',
  getRemainingTimeInMillis: () => 29_000,
} as Context;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { error?: { code: string; message: string; details?: unknown } };
  readonly headers: Record<string, string>;
}

/** Calls a door as API Gateway would. */
export const callOn =
  (handler: unknown) =>
  async (call: Call): Promise<Answer> => {
    const run = handler as (
      event: unknown,
      context: Context,
    ) => Promise<{ statusCode: number; body: string; headers: Answer['headers'] }>;
    const { statusCode, body, headers } = await run(eventOf(call), lambdaContext);
    return { status: statusCode, body: JSON.parse(body), headers };
  };
