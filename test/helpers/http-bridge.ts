import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { httpApiEvent } from './http-api-event.ts';

/** A Lambda behind the bridge, and the paths it gets; the first that fits is called. */
export interface BridgedDoor {
  readonly paths: RegExp;
  readonly handler: (event: never, context: Context) => Promise<unknown>;
}
export interface HttpBridge {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const context = { functionName: 'f', awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 } as Context;
const NOT_FOUND = { statusCode: 404, headers: { 'content-type': 'application/json' }, body: '{"message":"Not Found"}' };

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const answer = async (doors: readonly BridgedDoor[], request: IncomingMessage) => {
  const { method = 'GET', url = '/' } = request;
  const body = await readAll(request);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const event = httpApiEvent({ method, url, headers, body });
  const door = doors.find(({ paths }) => paths.test(event.rawPath));
  return door ? ((await door.handler(event as never, context)) as APIGatewayProxyStructuredResultV2) : NOT_FOUND;
};

const send = (response: ServerResponse, result: APIGatewayProxyStructuredResultV2): void => {
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  response.writeHead(result.statusCode ?? 200, Object.fromEntries(headers));
  response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
};

/** Doors behind a real port, as API Gateway would put them there, for clients that speak HTTP. */
export const httpBridge = async (doors: readonly BridgedDoor[], port = 0): Promise<HttpBridge> => {
  const server = createServer((request, response) => {
    answer(doors, request).then(
      (result) => send(response, result),
      (error: Error) => send(response, { statusCode: 500, body: `the door threw: ${error.stack}` }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
