import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EdgePlan } from '#infra/local/edge-plan.ts';
import { type EdgeHandle, startEdge } from '#local/edge/server.ts';

type Serve = (incoming: IncomingMessage, reply: ServerResponse) => void;

let serve: Serve;
let origin: Server;
let edge: EdgeHandle;
const base = () => `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];
const plan: EdgePlan = {
  behaviours: [
    { path: '/files/*', methods, origin: { kind: 'balancer', headers: { 'x-caller-role': 'nobody' } } },
    { path: '/static/*', methods: ['GET', 'HEAD'], origin: { kind: 'api', headers: {} } },
    { path: '*', methods, origin: { kind: 'api', headers: {} } },
  ],
};

beforeAll(async () => {
  origin = createServer((incoming, reply) => serve(incoming, reply));
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done));
  edge = await startEdge(4_900);
});
afterAll(async () => {
  await edge.stop();
  origin.closeAllConnections();
  origin.close();
});
beforeEach(() => {
  edge.lead({ plan, addresses: { api: new URL('/stage/$default', base()), balancer: new URL('/_alb/b', base()) } });
});

const heard = async (incoming: AsyncIterable<Uint8Array>) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of incoming) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};

const tellBack: Serve = async (incoming, reply) => {
  const body = await heard(incoming);
  const { method, url, headers } = incoming;
  reply.setHeader('content-type', 'application/json').end(JSON.stringify({ method, url, headers, ...body }));
};

interface Told {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bytes: number;
  readonly sha256: string;
}
const told = async (path: string, init: RequestInit = {}): Promise<Told> =>
  (await fetch(`${edge.url}${path}`, init)).json() as Promise<Told>;

/** Sends what a browser would not: a body with a GET, a path with raw percent signs. */
const send = (method: string, path: string, body: Readable): Promise<IncomingMessage> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(edge.url);
    const headers = { 'transfer-encoding': 'chunked' };
    body.pipe(request({ hostname, port, method, path, headers }, done).on('error', failed));
  });

describe('the stand-in for CloudFront', () => {
  it('shows one root, and finds the origin of a path behind it', async () => {
    serve = tellBack;
    expect((await told('/api/2.0/x?a=1&a=2')).url).toBe('/stage/$default/api/2.0/x?a=1&a=2');
    expect((await told('/files/a/b', { method: 'PUT', body: 'x' })).url).toBe('/_alb/b/files/a/b');
  });

  it('hands a path on letter for letter', async () => {
    serve = tellBack;
    const answer = await send('PUT', '/files/a%20b%2Bc%25/%C3%A9+?x=%2F', Readable.from(['1']));
    expect(JSON.parse((await answer.toArray()).join('')).url).toBe('/_alb/b/files/a%20b%2Bc%25/%C3%A9+?x=%2F');
  });

  it('passes keys on, keeps its own name to itself and writes over what only the API may say', async () => {
    serve = tellBack;
    const headers = { authorization: 'Bearer mlp_1', 'x-caller-role': 'admin', 'x-forwarded-for': '10.1.1.1' };
    const seen = await told('/files/x', { method: 'PUT', body: 'x', headers });
    expect(seen.headers).toMatchObject({
      authorization: 'Bearer mlp_1',
      'x-caller-role': 'nobody',
      'x-forwarded-for': '10.1.1.1, 127.0.0.1',
      host: new URL(base()).host,
      'content-length': '1',
    });
  });

  it('brings back status, headers, repeated ones too, and the body', async () => {
    serve = (_, reply) => {
      reply.writeHead(418, ['content-type', 'text/x', 'set-cookie', 'a=1', 'set-cookie', 'b=2']);
      reply.end('short and stout');
    };
    const answer = await fetch(`${edge.url}/`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([418, 'text/x']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe('short and stout');
  });

  it.each(['with a length', 'in chunks'])('sends a file on %s, whole', async (how) => {
    serve = tellBack;
    const file = randomBytes(20_000_000);
    const body = how === 'in chunks' ? Readable.toWeb(Readable.from([file])) : file;
    const seen = await told('/files/big', { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect([seen.bytes, seen.sha256]).toEqual([file.length, createHash('sha256').update(file).digest('hex')]);
    expect(seen.headers).toHaveProperty(how === 'in chunks' ? 'transfer-encoding' : 'content-length');
  });

  it('takes no more of an upload than the origin does', async () => {
    let taken = 0;
    const arrived = new Promise<IncomingMessage>((done) => {
      serve = (incoming, reply) => {
        incoming.pause();
        incoming.once('end', () => reply.end('all')).on('error', () => {});
        done(incoming);
      };
    });
    const piece = Buffer.alloc(1_000_000);
    const endless = new Readable({
      read() {
        taken += piece.length;
        this.push(taken > 100_000_000 ? null : piece);
      },
    });
    const answer = send('PUT', '/files/slow', endless);
    const incoming = await arrived;
    // Until the sender is asked for nothing more, which is long before the end.
    for (let before = -1; before !== taken; await new Promise((done) => setTimeout(done, 200))) before = taken;
    expect(taken).toBeLessThan(50_000_000);
    incoming.resume();
    expect((await (await answer).toArray()).join('')).toBe('all');
  }, 60_000);

  it('lets the origin know that a sender went away', async () => {
    const gone = new Promise<string>((done) => {
      serve = (incoming) =>
        void incoming.on('data', () => sender.destroy()).on('error', ({ message }) => done(message));
    });
    const { hostname, port } = new URL(edge.url);
    const sender = request({ hostname, port, method: 'PUT', path: '/files/x', headers: { 'content-length': 1_000 } });
    sender.on('error', () => {}).write('half');
    expect(await gone).toBe('aborted');
  });

  it('breaks off where the origin breaks off, so that half a file is not taken for a whole one', async () => {
    serve = (_, reply) => void reply.writeHead(200, { 'content-length': 100 }).write('half', () => reply.destroy());
    const answer = await fetch(`${edge.url}/`);
    await expect(answer.text()).rejects.toThrow(/terminated/);
  });

  it('hears out a sender whom the origin refused early', async () => {
    serve = (_, reply) => void reply.writeHead(401).end('who are you?');
    const answer = await send('PUT', '/files/x', Readable.from(Array(40).fill(Buffer.alloc(1_000_000))));
    expect([answer.statusCode, (await answer.toArray()).join('')]).toEqual([401, 'who are you?']);
  });

  it('tells the sender to go on who asks before a large body', async () => {
    serve = tellBack;
    const { hostname, port } = new URL(edge.url);
    const headers = { expect: '100-continue', 'content-length': 4 };
    const sent = request({ hostname, port, method: 'PUT', path: '/files/x', headers });
    sent.once('continue', () => sent.end('body')).flushHeaders();
    const answer = await new Promise<IncomingMessage>((done) => sent.once('response', done));
    expect(JSON.parse((await answer.toArray()).join(''))).toMatchObject({ bytes: 4 });
  });

  it('refuses what CloudFront refuses: methods that a behaviour lacks, and a GET with a body', async () => {
    serve = tellBack;
    expect((await fetch(`${edge.url}/static/x`, { method: 'DELETE' })).status).toBe(403);
    expect((await send('GET', '/x', Readable.from(['body']))).statusCode).toBe(403);
  });

  it('answers 502 where nobody listens, and 503 before it leads anywhere', async () => {
    const nowhere = new URL('http://127.0.0.1:1');
    edge.lead({ plan, addresses: { api: nowhere, balancer: nowhere } });
    expect((await fetch(`${edge.url}/x`)).status).toBe(502);
    const fresh = await startEdge(4_900);
    expect((await fetch(`${fresh.url}/x`)).status).toBe(503);
    await fresh.stop();
  });

  it('takes the next port when its own is taken', async () => {
    const second = await startEdge(Number(new URL(edge.url).port));
    expect(second.url).not.toBe(edge.url);
    await second.stop();
  });
});
