import { type Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Where a request goes on to. */
export interface Onward {
  /** Host, port and the path below which the origin answers. */
  readonly base: URL;
  /** Written over what the caller sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
}

// What holds for one connection alone, and the name under which the caller knows the edge.
const ownToConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te']);
const notSentOn = new Set(['host', 'expect', 'x-forwarded-for']);

/** Header lines as they came, repeated ones too: names and values take turns. */
const linesOf = ({ rawHeaders }: IncomingMessage): [string, string][] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as [string, string]] : []));

const headersFor = (incoming: IncomingMessage, { base, headers }: Onward): string[] => {
  const own = new Set(Object.keys(headers));
  const kept = linesOf(incoming).filter(([line]) => {
    const name = line.toLowerCase();
    return !(ownToConnection.has(name) || notSentOn.has(name) || own.has(name));
  });
  const before = incoming.headers['x-forwarded-for'];
  const from = incoming.socket.remoteAddress ?? '127.0.0.1';
  const forwarded = before ? `${before}, ${from}` : from;
  // A body without a length comes in chunks, and goes on so.
  const chunked: [string, string][] = incoming.headers['transfer-encoding'] ? [['transfer-encoding', 'chunked']] : [];
  return [['host', base.host], ['x-forwarded-for', forwarded], ...chunked, ...Object.entries(headers), ...kept].flat();
};

const refuse = (reply: ServerResponse, error: Error): void => {
  if (reply.headersSent) reply.destroy(error);
  else reply.writeHead(502, { 'content-type': 'text/plain' }).end(`the origin did not answer: ${error.message}\n`);
};

const passBack = (answer: IncomingMessage, reply: ServerResponse): void => {
  const lines = linesOf(answer).filter(([name]) => !ownToConnection.has(name.toLowerCase()));
  reply.writeHead(answer.statusCode ?? 502, answer.statusMessage, lines.flat());
  // An answer that breaks off must break off for the caller, too, or half a file looks like a whole one.
  answer.once('error', () => reply.destroy());
  answer.pipe(reply);
};

/**
 * Whoever goes away first takes the other along. An origin that answered early need not hear the rest, but the caller is
 * heard out: many read no answer before they have sent all.
 */
const bind = (incoming: IncomingMessage, reply: ServerResponse, onward: ClientRequest): void => {
  let answered = false;
  onward.once('response', (answer) => {
    answered = true;
    passBack(answer, reply);
  });
  onward.on('error', (error) => (answered ? undefined : refuse(reply, error)));
  reply.once('finish', () => incoming.unpipe(onward).resume());
  reply.once('close', () => onward.destroy());
  incoming.once('error', () => onward.destroy());
  incoming.pipe(onward);
};

/**
 * Sends a request on and its answer back, each piece as it comes: nothing is kept, and the slower side sets the pace.
 * The path goes on letter for letter, percent signs included.
 */
export const forward = (incoming: IncomingMessage, reply: ServerResponse, where: Onward): void => {
  const { base, agent } = where;
  const path = `${base.pathname.replace(/\/$/, '')}${incoming.url ?? '/'}`;
  const headers = headersFor(incoming, where);
  const { hostname: host, port } = base;
  bind(incoming, reply, request({ host, port, path, method: incoming.method, headers, agent }));
};
