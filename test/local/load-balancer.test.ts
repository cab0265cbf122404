import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '#local/paths.ts';
import { chooseFreePort } from '#local/ports.ts';
import { emulatorPython } from '#test/local/helpers/emulator-venv.ts';

/** The emulator's own way in, with one load balancer: PUT goes to a task, all else to a function that a template names. */
const PROGRAM = `
import asyncio, sys
sys.path.insert(0, sys.argv[1])
task_port, port = int(sys.argv[2]), int(sys.argv[3])
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app
from ministack.services import alb
from ministack.services.cloudformation import provisioners
from load_balancer import balance_like_aws

async def told(ref, group, method, path, headers, body, query, raw_query=None):
    return 200, {"content-type": "text/plain"}, f"{ref} {method} {path} {len(body)}".encode()

alb._invoke_lambda_target = told
balance_like_aws()
arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:"
lb, tasks, listener = arn + "loadbalancer/app/b/1", arn + "targetgroup/t/1", arn + "listener/app/b/1/1"
handlers = provisioners._RESOURCE_HANDLERS["AWS::ElasticLoadBalancingV2::TargetGroup"]
props = {"Name": "f", "TargetType": "lambda", "Targets": [{"Id": "function-of-the-template"}]}
function, _ = handlers["create"]("F", props, "stack")
alb._lbs[lb] = {"LoadBalancerArn": lb, "LoadBalancerName": "b", "DNSName": "b.elb.amazonaws.com"}
alb._tgs[tasks] = {"TargetGroupArn": tasks, "TargetType": "ip", "Port": 1}
alb._targets[tasks] = [{"Id": "127.0.0.1", "Port": task_port}]
alb._listeners[listener] = {"ListenerArn": listener, "LoadBalancerArn": lb, "Port": 80, "Protocol": "HTTP"}
def rule(priority, group, conditions):
    actions = [{"Type": "forward", "TargetGroupArn": group}]
    alb._rules[f"{listener}/{priority}"] = {"ListenerArn": listener, "Priority": priority, "Conditions": conditions, "Actions": actions}
rule("10", tasks, [{"Field": "path-pattern", "Values": ["/up/*"]}, {"Field": "http-request-method", "Values": ["PUT"]}])
rule("15", tasks, [{"Field": "path-pattern", "Values": ["/task/*"]}])
rule("20", function, [])
config = Config()
config.bind = [f"127.0.0.1:{port}"]
asyncio.run(serve(app.app, config))
`;

let task: Server;
let serve: (incoming: IncomingMessage, reply: ServerResponse) => void;
let emulator: ChildProcess;
let url: string;

const answers = async (): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

beforeAll(async () => {
  task = createServer((incoming, reply) => serve(incoming, reply));
  await new Promise<void>((done) => task.listen(0, '127.0.0.1', done));
  const port = await chooseFreePort({ preferred: 4_950 });
  const ports = [(task.address() as AddressInfo).port, port].map(String);
  const args = ['-c', PROGRAM, join(repositoryRoot, 'local', 'launcher'), ...ports];
  const env = { ...process.env, IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0' };
  emulator = spawn(await emulatorPython(), args, { stdio: 'ignore', env });
  url = `http://127.0.0.1:${port}/_alb/b`;
  while (!(await answers()) && emulator.exitCode === null) await new Promise((done) => setTimeout(done, 100));
}, 60_000);
afterAll(async () => {
  const ended = new Promise((done) => emulator.once('exit', done));
  emulator.kill('SIGKILL');
  await ended;
  task.closeAllConnections();
  task.close();
});

const put = (path: string, body: string | Buffer | Readable): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'PUT', body, duplex: 'half' } as RequestInit);

/** Asks by the name of a host, as the API's integration does. */
const byName = async (host: string, path: string): Promise<string> => {
  const { hostname, port } = new URL(url);
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    get({ hostname, port, path, headers: { host: `${host}:${port}` } }, done).once('error', failed);
  });
  return (await answer.toArray()).join('');
};

describe('load balancers of the emulator', () => {
  it('pass an upload on whole, with its length, its path letter for letter and who asked', async () => {
    serve = async (incoming, reply) => {
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
      serve = (incoming, reply) => {
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
      serve = (incoming) => void incoming.on('data', () => abort.abort()).on('error', ({ message }) => done(message));
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
    serve = (incoming, reply) => {
      incoming.resume().once('end', () => reply.writeHead(401, { 'www-authenticate': 'Bearer' }).end('no'));
    };
    const answer = await put('/up/x', 'body');
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual([401, 'Bearer', 'no']);
  });

  it('keep the connection to a task, and open another where the task has let go of it', async () => {
    const sockets: Socket[] = [];
    serve = (incoming, reply) => {
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
    serve = (incoming, reply) => {
      reply.writeHead(200, { 'content-length': long.length });
      if (incoming.url === '/task/long') reply.end(long);
      else reply.write(long.subarray(1_000_000), () => reply.destroy());
    };
    const answer = await fetch(`${url}/task/long`);
    expect((await answer.arrayBuffer()).byteLength).toBe(long.length);
    await expect(fetch(`${url}/task/half`).then((half) => half.arrayBuffer())).rejects.toThrow();
  });

  it('answer 502 for a task that goes away, once, and hand headers on that are not English', async () => {
    let asked = 0;
    serve = (incoming, reply) => {
      asked += 1;
      if (incoming.url === '/task/gone') incoming.socket.destroy();
      else reply.end(Buffer.from(incoming.headers['x-name'] as string, 'latin1').toString('utf8'));
    };
    const gone = await fetch(`${url}/task/gone`, { method: 'POST', body: 'x' });
    expect([gone.status, asked]).toEqual([502, 1]);
    const named = { 'x-name': Buffer.from('Zoë').toString('latin1') };
    expect(await (await fetch(`${url}/task/named`, { headers: named })).text()).toBe('Zoë');
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
