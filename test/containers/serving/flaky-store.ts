import { createServer } from 'node:http';
import { listenOn, wholeBody } from '#test/helpers/lambda-server.ts';

/** Stands before the store and answers 503 as often as it is told. */
export const flakyStore = async (store: string) => {
  const state = { failures: 0, refused: 0 };
  const server = createServer(async (request, response) => {
    const body = await wholeBody(request);
    if (state.failures > 0) {
      state.failures -= 1;
      state.refused += 1;
      response.writeHead(503).end('slow down');
      return;
    }
    const reply = await fetch(`${store}${request.url}`, { method: 'PUT', body });
    response.writeHead(reply.status, { etag: reply.headers.get('etag') ?? '' }).end();
  });
  return { url: await listenOn(server), state, stop: () => void server.close().closeAllConnections() };
};
