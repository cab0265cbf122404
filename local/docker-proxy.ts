import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { rewriteCreate, rewriteInspect } from './docker-rewrite.ts';
import { type Addresses, loopbackAddresses } from './process-engine/addresses.ts';

export interface DockerProxy {
  /** For the emulator's DOCKER_HOST. */
  readonly dockerHost: string;
  stop(): Promise<void>;
}

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const isCreate = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' && /\/containers\/create(\?|$)/.test(url);
const isInspect = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' && /\/containers\/[^/]+\/json(\?|$)/.test(url);

interface Exchange {
  readonly call: IncomingMessage;
  readonly reply: ServerResponse;
  readonly socketPath: string;
}

/** Asks Docker the same, with the body given instead of the call's own when there is one. */
const ask = ({ call, reply, socketPath }: Exchange, body?: Buffer): Promise<IncomingMessage> =>
  new Promise((done, fail) => {
    const headers = body ? { ...call.headers, 'content-length': String(body.length) } : call.headers;
    const onward = request({ socketPath, method: call.method, path: call.url, headers }, done);
    onward.once('error', fail);
    reply.once('close', () => onward.destroy()); // whoever follows a log may leave at any time
    if (body) onward.end(body);
    else call.pipe(onward);
  });

const answerInspect = async ({ reply }: Exchange, answer: IncomingMessage): Promise<void> => {
  const text = JSON.stringify(rewriteInspect(JSON.parse((await readAll(answer)).toString('utf8'))));
  reply.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' }).end(text);
};

const serve = async (exchange: Exchange, addresses: Addresses): Promise<void> => {
  const { call, reply } = exchange;
  const body = isCreate(call)
    ? Buffer.from(JSON.stringify(rewriteCreate(JSON.parse((await readAll(call)).toString('utf8')), addresses)))
    : undefined;
  const answer = await ask(exchange, body);
  if (isInspect(call)) return answerInspect(exchange, answer);
  reply.writeHead(answer.statusCode ?? 502, answer.headers);
  reply.flushHeaders();
  answer.pipe(reply);
};

/** Stands in front of Docker's socket and gives each new container a loopback address on this machine's network. */
export const startDockerProxy = async (dockerHost: string, socketParent: string): Promise<DockerProxy> => {
  mkdirSync(socketParent, { recursive: true });
  const folder = mkdtempSync(join(socketParent, 'docker-'));
  const addresses = loopbackAddresses();
  const socketPath = dockerHost.replace(/^unix:\/\//, '');
  const server = createServer((call, reply) => {
    serve({ call, reply, socketPath }, addresses).catch((error: Error) => {
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ message: error.message }));
    });
  });
  server.requestTimeout = 0;
  const own = join(folder, 'docker.sock');
  await new Promise<void>((done, fail) => server.once('error', fail).listen(own, done));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true, force: true });
  };
  return { dockerHost: `unix://${own}`, stop };
};
