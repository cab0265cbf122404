import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { EdgeOrigin, EdgePlan } from '#infra/local/edge-plan.ts';
import { chooseFreePort } from '../ports.ts';
import { forward } from './forward.ts';
import { behaviourOf } from './plan.ts';

/** What the edge leads to: the distribution's behaviours and, for each kind of origin, its address on this machine. */
export interface EdgeTargets {
  readonly plan: EdgePlan;
  readonly addresses: Readonly<Record<EdgeOrigin['kind'], URL>>;
}

export interface EdgeHandle {
  /** The one address of everything. @example 'http://127.0.0.1:4567' */
  readonly url: string;
  /** From now on requests are answered; before, the edge says that it is not ready. */
  lead(targets: EdgeTargets): void;
  stop(): Promise<void>;
}

const say = (reply: ServerResponse, status: number, text: string): void => {
  reply.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${text}\n`);
};

interface Reach extends EdgeTargets {
  readonly agent: Agent;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** What CloudFront says no to by itself; undefined when the request may go on. */
const refusalOf = (incoming: IncomingMessage, methods: readonly string[]): string | undefined => {
  const { method = 'GET', url } = incoming;
  if (!methods.includes(method)) return `${method} is not allowed for ${url}`;
  return method === 'GET' && hasBody(incoming) ? 'a GET may not have a body' : undefined;
};

/** Answers as CloudFront does with these behaviours; what it keeps for a while is asked for anew each time. */
const answer = (incoming: IncomingMessage, reply: ServerResponse, { plan, addresses, agent }: Reach): void => {
  const [path = '/'] = (incoming.url ?? '/').split('?');
  const behaviour = behaviourOf(plan, path);
  const refusal = refusalOf(incoming, behaviour?.methods ?? []);
  if (behaviour && !refusal) {
    const { kind, headers } = behaviour.origin;
    forward(incoming, reply, { base: addresses[kind], headers, agent });
  } else say(reply, 403, refusal ?? '');
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      done();
    });
  });

/**
 * Stands in for CloudFront on this machine: one address, streaming both ways, without a limit to a body or its time.
 * @throws {LocalStageError} PORT_TAKEN
 */
export const startEdge = async (preferredPort: number): Promise<EdgeHandle> => {
  let reach: Reach | undefined;
  // Shorter than the emulator keeps an idle connection, so that none is taken up again that has just ended.
  const agent = new Agent({ keepAlive: true, timeout: 30_000 });
  const take = (incoming: IncomingMessage, reply: ServerResponse): void => {
    if (reach) answer(incoming, reply, reach);
    else say(reply, 503, 'the platform is still being deployed');
  };
  // An upload may take hours.
  const server = createServer({ requestTimeout: 0 }, take);
  server.on('checkContinue', (incoming, reply) => {
    reply.writeContinue();
    take(incoming, reply);
  });
  const port = await chooseFreePort({ preferred: preferredPort });
  await listen(server, port);
  const stop = (): Promise<void> =>
    new Promise((done) => {
      agent.destroy();
      server.close(() => done());
      server.closeAllConnections();
    });
  const lead = (to: EdgeTargets): void => {
    reach = { ...to, agent };
  };
  return { url: `http://127.0.0.1:${port}`, lead, stop };
};
