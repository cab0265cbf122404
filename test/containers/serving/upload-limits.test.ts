/** @jest-environment #test/helpers/onnx-environment.ts */
import { once } from 'node:events';
import { Agent, type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { listenOn, wholeBody } from '#test/helpers/lambda-server.ts';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import { MOST_FILE_BYTES, partBytes } from '../../../containers/serving/uploads/part-plan.ts';
import { PartReader } from '../../../containers/serving/uploads/part-reader.ts';
import { Slots } from '../../../containers/serving/uploads/slots.ts';
import { ask, until } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const FILE = '/api/2.0/mlflow-artifacts/artifacts/1/r/f';
const BODY_MS = 60;

/** Takes one file: gives an address of its own and keeps what is sent there. */
const oneFileStore = async () => {
  const kept: string[] = [];
  const server = createServer(async (request, response) => {
    const body = (await wholeBody(request)).toString();
    if (request.method === 'PUT') {
      kept.push(body);
      response.end();
      return;
    }
    const url = `http://${request.headers.host}/put`;
    response.end(JSON.stringify({ credentials: [{ url, part_number: 1, headers: {} }] }));
  });
  return { url: await listenOn(server), kept, stop: () => void server.close().closeAllConnections() };
};

const withTask = (artifactsUrl: string | undefined, work: (task: ServingTask) => Promise<void>): Promise<void> =>
  withWorld(async ({ start }) => work(await start({ artifactsUrl, bodyMs: BODY_MS })))();

const begun = ({ port }: ServingTask, method: string, path: string): ClientRequest => {
  const headers = { 'content-length': 4, 'x-caller-id': 'ann' };
  const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
  sent.on('error', () => {});
  sent.write('ab');
  return sent;
};
const statusOf = async (sent: ClientRequest): Promise<number | undefined> => {
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  reply.resume();
  return reply.statusCode;
};

describe('a body that comes slowly', () => {
  it('is given up for a prediction and for a path that nobody serves, and waited for as a file', async () => {
    const store = await oneFileStore();
    await withTask(store.url, async (task) => {
      const file = begun(task, 'PUT', FILE);
      expect(await statusOf(begun(task, 'POST', '/predict/churn'))).toBe(408);
      const stray = begun(task, 'POST', '/nowhere');
      expect(await statusOf(stray)).toBe(404);
      await once(stray, 'close');
      file.end('cd');
      expect(await statusOf(file)).toBe(200);
    });
    store.stop();
    expect(store.kept).toEqual(['abcd']);
  });

  it('is no matter to the next request of its connection when it came in time', async () => {
    await withTask(undefined, async ({ port }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const get = async () => {
        const sent = httpRequest({ host: '127.0.0.1', port, path: '/live', agent });
        sent.end();
        const [reply] = (await once(sent, 'response')) as [IncomingMessage];
        for await (const _ of reply);
        return [reply.statusCode, sent.reusedSocket];
      };
      expect(await get()).toEqual([200, false]);
      await new Promise((resolve) => setTimeout(resolve, 3 * BODY_MS));
      expect(await get()).toEqual([200, true]);
      agent.destroy();
    });
  });
});

describe('a piece of a file', () => {
  const patience = { silenceMs: 50, bytesPerSecond: 1_000_000 };
  const pieceOf = async (send: (sent: ClientRequest) => void): Promise<string> => {
    const server = createServer();
    const sent = httpRequest(await listenOn(server), { method: 'PUT', agent: false });
    sent.on('error', () => {});
    send(sent);
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    const outcome = await new PartReader(request, patience).next(1_000).then(String, (error) => error.constructor.name);
    server.close().closeAllConnections();
    return outcome;
  };

  it('is not waited for when it comes a byte now and a byte then', async () => {
    let drip: NodeJS.Timeout | undefined;
    const outcome = await pieceOf((sent) => {
      drip = setInterval(() => sent.write('a'), 5);
    });
    clearInterval(drip);
    expect(outcome).toBe('CallerGone');
  });

  it('is whole, or the rest', async () => {
    expect(await pieceOf((sent) => void sent.end('abc'))).toBe('abc');
  });
});

describe('a fleet that takes no files', () => {
  it('says so', async () => {
    await withTask(undefined, async ({ port }) => {
      const { status, json } = await ask(port, FILE, { method: 'PUT', body: 'x' });
      expect([status, json.message]).toEqual([503, expect.stringContaining('ARTIFACTS_URL')]);
    });
  });

  it('says it too when the artifact proxy is away', async () => {
    await withTask('http://127.0.0.1:1', async ({ port }) => {
      const { status, json, headers } = await ask(port, FILE, { method: 'PUT', body: 'x' });
      expect([status, json.error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
      expect(headers['retry-after']).toBe('15');
    });
  });
});

describe('places', () => {
  const busy = { code: 'UNAVAILABLE' };
  const held = () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { end, work: () => ended };
  };

  it('are taken in turn, and one more than may wait is refused', async () => {
    const slots = new Slots({ atOnce: 1, waiting: 1, patienceMs: 60_000 });
    const first = held();
    const done: string[] = [];
    const one = slots.with(first.work).then(() => done.push('first'));
    const two = slots.with(async () => done.push('second'));
    await expect(slots.with(async () => {})).rejects.toMatchObject(busy);
    first.end();
    await Promise.all([one, two]);
    expect([done.toSorted(), await slots.with(async () => 'free')]).toEqual([['first', 'second'], 'free']);
  });

  it('are not waited for longer than that, and a failure gives its place back', async () => {
    const slots = new Slots({ atOnce: 1, waiting: 1, patienceMs: 10 });
    const first = held();
    const one = slots.with(first.work);
    await expect(slots.with(async () => {})).rejects.toMatchObject(busy);
    first.end();
    await one;
    await expect(slots.with(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(await slots.with(async () => 'free')).toBe('free');
  });
});

describe('parts', () => {
  it('hold the largest file in fewer than S3 takes, and little memory each', () => {
    let bytes = 0;
    let parts = 0;
    while (bytes < MOST_FILE_BYTES) {
      parts += 1;
      bytes += partBytes(parts);
    }
    expect([parts < 10_000, partBytes(1), partBytes(parts) <= 32 * 1_024 * 1_024]).toEqual([true, 8_388_608, true]);
  });
});

it('a task that ends cuts off a file and frees it before', async () => {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    await wholeBody(request);
    const url = `http://${request.headers.host}/put`;
    if (request.method === 'POST') calls.push((request.url ?? '').split('/')[5] ?? '');
    const body = { upload_id: 'u', credentials: [{ url, part_number: 1, headers: {} }] };
    response.setHeader('etag', '"e"').end(JSON.stringify(body));
  });
  const url = await listenOn(server);
  await withWorld(async ({ start }) => {
    const task = await start({ artifactsUrl: url, drainSeconds: 1 });
    const headers = { 'content-length': 30_000_000 };
    const sent = httpRequest({ host: '127.0.0.1', port: task.port, path: FILE, method: 'PUT', headers, agent: false });
    sent.on('error', () => {});
    sent.write(Buffer.alloc(9_000_000));
    await until(() => calls.includes('create'));
  })();
  server.close().closeAllConnections();
  expect(calls).toEqual(['create', 'abort']);
}, 20_000);
