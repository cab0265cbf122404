import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** away: connections are torn; hang: no answer ever comes. */
export type GateMode = 'open' | 'away' | 'hang';

export interface Gate {
  readonly url: string;
  /** Says how what is asked of a part goes from now on. */
  set(part: string, mode: GateMode): void;
  stop(): Promise<void>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

const forward = (to: URL, { request: asked, body }: Asked, response: ServerResponse): void => {
  const { method = 'GET', url = '/', headers } = asked;
  const sent = request({
    host: to.hostname,
    port: to.port,
    method,
    path: url,
    headers: headers as OutgoingHttpHeaders,
  });
  sent.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  sent.on('error', () => response.destroy());
  sent.end(body);
};

/** Stands before a service and takes parts of it away; `partOf` says which part a request is for. */
export const startGate = async (target: string, partOf: (asked: Asked) => string): Promise<Gate> => {
  const modes = new Map<string, GateMode>();
  const to = new URL(target);
  const server = createServer(async (incoming, response) => {
    const asked = { request: incoming, body: await buffer(incoming) };
    const mode = modes.get(partOf(asked)) ?? 'open';
    if (mode === 'open') forward(to, asked, response);
    else if (mode === 'away') incoming.socket.destroy();
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const stop = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, set: (part, mode) => void modes.set(part, mode), stop };
};
