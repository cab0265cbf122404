import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerContext, type Role } from '#contracts/routes.ts';

/** A Lambda's handler, called as the service does. */
export type LambdaHandler = (event: unknown, context: unknown) => Promise<unknown>;

interface Result {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const context = { functionName: 'f', awsRequestId: 'r', getRemainingTimeInMillis: () => 29_000 };

/** The whole body of a request or an answer. */
export const wholeBody = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const bodyOf = (body: Buffer) => ({ body: body.toString('base64'), isBase64Encoded: true });

const parts = (url = '/') => {
  const at = url.indexOf('?');
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
};

// An HTTP API decodes everything but the escape of the percent sign itself.
const gatewayPath = (path: string): string =>
  path
    .split(/(%25)/)
    .map((part) => (part === '%25' ? part : decodeURIComponent(part)))
    .join('');

/** Turns a request into the event that a function gets. */
export type EventOf = (request: IncomingMessage, body: Buffer) => object;

/** As a load balancer makes it, for a target group that asks for lists of values. */
export const balancerEvent: EventOf = (request, body) => {
  const { path, query } = parts(request.url);
  const values: Record<string, string[]> = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = pair.split('=');
    values[name] = [...(values[name] ?? []), value];
  }
  return {
    requestContext: { elb: { targetGroupArn: 'arn' } },
    httpMethod: request.method,
    path,
    multiValueQueryStringParameters: values,
    multiValueHeaders: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value]])),
    ...bodyOf(body),
  };
};

/** As an HTTP API makes it (payload 2.0) when its authorizer let a caller of this role in. */
export const gatewayEvent =
  (role: Role): EventOf =>
  (request, body) => {
    const { path, query } = parts(request.url);
    return {
      version: '2.0',
      rawPath: gatewayPath(path),
      rawQueryString: query,
      headers: request.headers,
      requestContext: {
        requestId: 'r',
        stage: '$default',
        http: { method: request.method },
        authorizer: { lambda: { [callerContext.id]: 'ann', [callerContext.role]: role } },
      },
      ...bodyOf(body),
    };
  };

const reply = (response: ServerResponse, { statusCode, headers = {}, body = '', isBase64Encoded }: Result): void => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(statusCode, { ...headers, 'content-length': bytes.length }).end(bytes);
};

export interface LambdaServer {
  readonly url: string;
  /** Method and path of every request so far. */
  readonly seen: string[];
  stop(): void;
}

export const listenOn = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A function behind an address: what stands before it on AWS, as far as its events go. */
export const lambdaServer = async (handler: LambdaHandler, eventOf: EventOf): Promise<LambdaServer> => {
  const seen: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push(`${request.method} ${request.url}`);
    try {
      reply(response, (await handler(eventOf(request, await wholeBody(request)), context)) as Result);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  const url = await listenOn(server);
  return { url, seen, stop: () => void server.close().closeAllConnections() };
};
