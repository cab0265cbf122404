import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BalancedEmulator, balancedEmulator } from './helpers/balanced-emulator.ts';

let world: BalancedEmulator;
let url: string;

beforeAll(async () => {
  world = await balancedEmulator();
  ({ url } = world);
}, 60_000);
afterAll(() => world?.stop());

const put = (path: string, body: string | Buffer | Readable): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'PUT', body, duplex: 'half' } as RequestInit);

const ANSWER = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Asks with headers that fetch does not send. */
const askWith = async (path: string, headers: Record<string, string | string[]>, method = 'GET') => {
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    request(new URL(path, url), { method, headers }, done).once('error', failed).end();
  });
  return { status: answer.statusCode, text: (await answer.setEncoding('utf8').toArray()).join('') };
};

/** Asks by the name of a host, as a browser does. */
const byName = async (host: string, path: string): Promise<string> =>
  (await askWith(path, { host: `${host}:${new URL(url).port}` })).text;

describe('load balancers of the emulator', () => {
  it('pass an upload on whole, with its length, its path letter for letter and who asked', async () => {
    world.serve = async (incoming, reply) => {
      let bytes = 0;
      for await (const piece of incoming) bytes += (piece as Buffer).length;
      const { url: path, headers } = incoming;
      reply.end(JSON.stringify({ bytes, path, length: headers['content-length'], for: headers['x-forwarded-for'] }));
    };
    const answer = await put('/up/a%20b%2Bc?x=%2F&x=2', Buffer.alloc(9_000_000));
    const path = '/up/a%20b%2Bc?x=%2F&x=2';
    expect(await answer.json()).toEqual({ bytes: 9_000_000, path, length: '9000000', for: '127.0.0.1' });
  });

  it('pass the first piece on before the last has been sent', async () => {
    const first = new Promise<IncomingMessage>((done) => {
      world.serve = (incoming, reply) => {
        incoming.once('data', () => done(incoming)).once('end', () => reply.end('whole'));
      };
    });
    async function* pieces() {
      yield Buffer.from('first');
      await first; // an emulator that read to the end first would never get here
      yield Buffer.from('last');
    }
    expect(await (await put('/up/x', Readable.from(pieces()))).text()).toBe('whole');
  });

  it('break an upload off for the task where its sender breaks it off', async () => {
    const abort = new AbortController();
    const seen = new Promise<string>((done) => {
      world.serve = (incoming) =>
        void incoming.on('data', () => abort.abort()).on('error', ({ message }) => done(message));
    });
    async function* pieces() {
      yield Buffer.from('half');
      await new Promise(() => {});
    }
    const body = Readable.from(pieces());
    await expect(
      fetch(`${url}/up/x`, { method: 'PUT', body, duplex: 'half', signal: abort.signal } as RequestInit),
    ).rejects.toThrow();
    expect(await seen).toBe('aborted');
  });

  it('bring back what a task refuses, with its status and headers', async () => {
    world.serve = (incoming, reply) => {
      incoming.resume().once('end', () => reply.writeHead(401, { 'www-authenticate': 'Bearer' }).end('no'));
    };
    const answer = await put('/up/x', 'body');
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual([401, 'Bearer', 'no']);
  });

  it('keep the connection to a task, and open another where the task has let go of it', async () => {
    const sockets: Socket[] = [];
    world.serve = (incoming, reply) => {
      sockets.push(incoming.socket);
      incoming.pipe(reply);
    };
    const ask = async (body: string) => (await fetch(`${url}/task/x`, { method: 'POST', body })).text();
    expect([await ask('one'), await ask('two')]).toEqual(['one', 'two']);
    expect(new Set(sockets).size).toBe(1);
    sockets[0]!.destroy();
    await once(sockets[0]!, 'close');
    expect([await ask('three'), new Set(sockets).size]).toEqual(['three', 2]);
  });

  it('bring a long answer back whole, and no end of one that its task breaks off', async () => {
    const long = Buffer.alloc(9_000_000, 'x');
    world.serve = (incoming, reply) => {
      reply.writeHead(200, { 'content-length': long.length });
      if (incoming.url === '/task/long') reply.end(long);
      else reply.write(long.subarray(1_000_000), () => reply.destroy());
    };
    const answer = await fetch(`${url}/task/long`);
    expect((await answer.arrayBuffer()).byteLength).toBe(long.length);
    await expect(fetch(`${url}/task/half`).then((half) => half.arrayBuffer())).rejects.toThrow();
  });

  it('answer 502 for a task that goes away, which is asked once', async () => {
    let asked = 0;
    world.serve = (incoming) => {
      asked += 1;
      incoming.socket.destroy();
    };
    const gone = await fetch(`${url}/task/gone`, { method: 'POST', body: 'x' });
    expect([gone.status, asked]).toEqual([502, 1]);
  });

  it('let go of a connection that nobody needs', async () => {
    const gone = new Promise((done) => {
      world.serve = ({ socket }, reply) => {
        socket.once('close', done);
        reply.end('ok');
      };
    });
    expect(await (await fetch(`${url}/task/x`)).text()).toBe('ok');
    await gone;
  });

  it.each([
    ['said more than it was asked for', 'GET', ANSWER('no') + ANSWER('to nobody')],
    ['refused a body that it does not take', 'POST', ANSWER('no')],
  ])('use no connection again whose task %s', async (_, method, said) => {
    world.serve = ({ socket }) => {
      socket.pause();
      socket.write(said);
    };
    const body = method === 'POST' ? Buffer.alloc(30_000_000) : null;
    expect(await (await fetch(`${url}/task/x`, { method, body })).text()).toBe('no');
    world.serve = (_incoming, reply) => void reply.end('yes');
    expect(await (await fetch(`${url}/task/x`)).text()).toBe('yes');
  });

  it('believe the pieces of an answer, not the length that stands beside them', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n';
    world.serve = ({ socket }) => void socket.write(`${head}5\r\nhello\r\n0\r\n\r\n`);
    expect(await (await fetch(`${url}/task/x`)).text()).toBe('hello');
  });

  it('answer 504 for a task that says nothing, and let go of it', async () => {
    const gone = new Promise<void>((done) => {
      world.serve = ({ socket }) => void socket.once('close', () => done());
    });
    expect((await fetch(`${url}/task/x`)).status).toBe(504);
    await gone;
  });

  it('take up no other protocol with a task', async () => {
    world.serve = (incoming) => void incoming.socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n');
    const headers = { connection: 'upgrade', upgrade: 'x' };
    expect((await askWith('/_alb/b/task/x', headers)).status).toBe(502);
  });

  it.each(['PUT', 'POST'])('hand on what a header of a %s says, each time and letter for letter', async (method) => {
    world.serve = (incoming, reply) => {
      incoming.resume().once('end', () => reply.end(Buffer.from(incoming.headers['x-name'] as string, 'latin1')));
    };
    const headers = { 'x-name': ['one', Buffer.from('Zoë').toString('latin1')] };
    expect((await askWith('/_alb/b/task/x', headers, method)).text).toBe('one, Zoë');
  });

  it('ask the function that the template names, with the path as it was sent', async () => {
    const answer = await fetch(`${url}/up/a%20b`, { method: 'DELETE' });
    expect(await answer.text()).toBe('function-of-the-template DELETE /up/a%20b 0');
    expect(await (await put('/elsewhere', 'body')).text()).toBe('function-of-the-template PUT /elsewhere 4');
  });

  it.each(['/v2', '/v2/', '/v2/models/manifests/ready'])('leave %s to their target', async (path) => {
    expect(await byName('b.alb.localhost', path)).toBe(`function-of-the-template GET ${path} 0`);
    expect(await byName('127.0.0.1', path)).not.toContain('function-of-the-template');
  });
});

describe('an HTTP API before the load balancer', () => {
  const api = (path: string): Promise<Response> => fetch(new URL(`/_api/${path}`, url));

  it('asks with path and query as they were sent', async () => {
    world.serve = ({ url: path }, reply) => void reply.end(path);
    expect(await (await api('balancer/task/a%20b%25+%C3%AB?x=&y=1%2F2&y=3')).text()).toBe(
      '/task/a%20b%25+%C3%AB?x=&y=1%2F2&y=3',
    );
  });

  it.each(['balancer', 'elsewhere'])('brings every cookie back of what is %s', async (where) => {
    world.serve = (_, reply) => void reply.setHeader('set-cookie', ['a=1', 'b=2']).end('ok');
    const answer = await api(`${where}/task/x`);
    expect([answer.headers.getSetCookie(), await answer.text()]).toEqual([['a=1', 'b=2'], 'ok']);
  });

  it('lets go of a task that takes too long', async () => {
    const gone = new Promise<string>((done) => {
      world.serve = ({ socket }) => void socket.once('close', () => done('gone'));
    });
    expect((await api('balancer/task/x')).status).toBe(502);
    const late = new Promise<string>((done) => setTimeout(done, 1_500, 'still there'));
    expect(await Promise.race([gone, late])).toBe('gone');
  });

  it('answers 502 where an answer breaks off', async () => {
    world.serve = (_, reply) => void reply.writeHead(200).write('half', () => reply.destroy());
    expect((await api('balancer/task/x')).status).toBe(502);
  });

  it('answers 400 for a header that is none', async () => {
    expect((await api('balancer/task/x?mapped=a%0Ab')).status).toBe(400);
  });
});
