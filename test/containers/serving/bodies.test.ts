/** @jest-environment #test/helpers/onnx-environment.ts */
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServingTask } from '../../../containers/serving/serving-task.ts';
import { ask, customer, type Outside, predict } from './serving-fakes.ts';
import { openWorld } from './serving-world.ts';

let made: Outside;
let task: ServingTask;
let close: () => Promise<void>;
const origin = 'https://app.example.com';
beforeAll(async () => {
  const world = await openWorld();
  ({ made, close } = world);
  task = await world.start({ corsOrigins: [origin] });
});
afterAll(() => close());

const full = { customer_id: 'c-9', ...customer };
const send = (body: Buffer, headers: Record<string, string> = {}, path = '/predict/churn') =>
  ask(task.port, path, { method: 'POST', body, headers: { 'x-caller-id': 'tester', ...headers } });

describe('a packed body', () => {
  const body = Buffer.from(JSON.stringify(full));

  it.each<[string, Buffer]>([
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
    ['identity', body],
  ])('of %s is unpacked', async (...row) => {
    const [encoding, packed] = row;
    expect((await send(packed, { 'content-encoding': encoding })).status).toBe(200);
  });

  it.each<[string, Buffer, number, string]>([
    ['br', brotliCompressSync(body), 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['gzip, gzip', gzipSync(gzipSync(body)), 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['constructor', body, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['gzip', body, 400, 'INVALID_REQUEST'],
    ['gzip', Buffer.alloc(0), 400, 'INVALID_REQUEST'],
    ['gzip', gzipSync(body).subarray(0, 20), 400, 'INVALID_REQUEST'],
    ['deflate', body, 400, 'INVALID_REQUEST'],
    ['gzip', gzipSync(Buffer.alloc(1_048_577)), 413, 'BODY_TOO_LARGE'],
    ['deflate', deflateSync(Buffer.alloc(400_000_000)), 413, 'BODY_TOO_LARGE'],
  ])('of %s that cannot be taken is refused', async (...row) => {
    const [encoding, packed, status, code] = row;
    const { status: seen, json } = await send(packed, { 'content-encoding': encoding });
    expect([seen, json.error.code]).toEqual([status, code]);
  });
});

describe('a reply', () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ ...full, customer_id: `c-${index}` }));
  const many = Buffer.from(JSON.stringify({ rows }));

  it.each([
    ['gzip', true],
    ['br;q=1.0, gzip;q=0.5', true],
    ['*', true],
    ['gzip;q=0', false],
    ['gzip; q=0.0, br', false],
    ['identity', false],
  ])('to who accepts "%s" is packed: %s', async (accepted, isPacked) => {
    const { headers, status } = await send(many, { 'accept-encoding': accepted }, '/predict/churn/batch');
    expect([status, headers['content-encoding']]).toEqual([200, isPacked ? 'gzip' : undefined]);
  });

  it('unpacks to what it would be unpacked', async () => {
    const url = `http://127.0.0.1:${task.port}/metrics`;
    const raw = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(raw.headers.get('content-encoding')).toBe('gzip');
    expect(await raw.text()).toContain('# TYPE');
    expect(gunzipSync(gzipSync('x')).toString()).toBe('x');
  });

  it('that is short is never packed', async () => {
    const { headers } = await send(Buffer.from(JSON.stringify(full)), { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBeUndefined();
  });
});

describe('pages of another origin', () => {
  it('that is allowed may ask, and read the reply and its headers', async () => {
    const preflight = await ask(task.port, '/predict/churn', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
    const reply = await predict(task.port, full, { headers: { origin } });
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': expect.stringContaining('x-correlation-id'),
    });
    const refused = await predict(task.port, {}, { headers: { origin } });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([400, origin]);
  });

  it('that is not allowed learn nothing, and nor does anybody without an origin', async () => {
    const asked = { origin: 'https://other.example.com', 'access-control-request-method': 'POST' };
    const preflight = await ask(task.port, '/predict/churn', { method: 'OPTIONS', headers: asked });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    expect(preflight.headers['access-control-allow-methods']).toBeUndefined();
    const reply = await predict(task.port, full);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await ask(task.port, '/predict/churn', { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('how long a caller waits', () => {
  it.each(['5000', '0.5e9x', '-1', '0', 'soon', '99999999', '1, 2', ''])('"%s"', async (waits) => {
    const path = '/v2/models/churn/infer';
    const inputs = Object.entries(customer).map(([name, value]) => ({
      ...{ name, datatype: typeof value === 'string' ? 'BYTES' : 'FP32', shape: [1], data: [value] },
    }));
    const body = Buffer.from(JSON.stringify({ inputs }));
    const { status, json } = await send(body, { 'x-timeout-ms': waits }, path);
    if (waits === '5000') expect(status).toBe(200);
    else expect([status, json.error]).toEqual([400, expect.stringContaining('x-timeout-ms must be')]);
  });
});

describe('half-closed sockets', () => {
  const head = (length: number): string =>
    `POST /predict/churn HTTP/1.1\r\nhost: x\r\nx-caller-id: t\r\ncontent-length: ${length}\r\n\r\n`;
  const body = JSON.stringify(full);

  it.each<[string, string]>([
    ['after a whole request', head(body.length) + body],
    ['in the middle of a body', head(body.length + 1) + body],
    ['in the middle of the headers', head(body.length).slice(0, 40)],
    ['before anything is said', ''],
  ])(
    '%s are closed, and hold up nobody',
    async (...row) => {
      const [, said] = row;
      const closed = Array.from({ length: 20 }, () => {
        const socket = connect({ port: task.port, host: '127.0.0.1', allowHalfOpen: true });
        socket.on('error', () => {});
        socket.end(said);
        socket.resume();
        // Its own end comes only when the server has ended its half, too.
        return new Promise((resolve) => socket.once('close', resolve));
      });
      expect((await predict(task.port, full)).status).toBe(200);
      await Promise.all(closed);
      expect((await predict(task.port, full)).status).toBe(200);
    },
    10_000,
  );
});

describe('memory', () => {
  // Only here is the collector asked by name: what is left after it is what is held.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  const bad: readonly [string, Buffer, Record<string, string>][] = [
    ['/predict/churn', Buffer.from('{"customer_id":'), {}],
    ['/predict/churn', Buffer.from(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), {}],
    ['/predict/churn', gzipSync(Buffer.alloc(1_200_000)), { 'content-encoding': 'gzip' }],
    [`/predict/${'x'.repeat(2_000)}`, Buffer.from('{}'), {}],
    [
      '/v2/models/churn/infer',
      Buffer.from('{"inputs":[{"name":"tenure","datatype":"FP32","shape":[1e15],"data":[]}]}'),
      {},
    ],
    ['/v2/models/churn/infer', Buffer.from('{"inputs":[]}xxxx'), { 'inference-header-content-length': '13' }],
    ['/invocations', Buffer.from('"'.repeat(10_000)), { 'content-type': 'text/csv' }],
    ['/invocations', Buffer.from('{}'), { 'content-type': `text/${'y'.repeat(2_000)}` }],
  ];

  it('stays flat over many bad requests of every kind', async () => {
    const round = async (number: number): Promise<void> => {
      const sent = bad.map(([path, body, headers]) =>
        send(body, { 'x-correlation-id': `r-${number}`, ...headers }, path),
      );
      for (const { status } of await Promise.all(sent)) expect(status).toBeGreaterThanOrEqual(400);
    };
    const held = async (rounds: number): Promise<number> => {
      for (let number = 0; number < rounds; number += 1) await round(number);
      await new Promise((resolve) => setTimeout(resolve, 50));
      // The task's log and metrics, which these fakes keep.
      made.lines.length = 0;
      made.points.length = 0;
      // Buffers go with the second collection, once what held them went with the first.
      for (let turn = 0; turn < 3; turn += 1) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    await held(40);
    await held(40);
    const before = await held(40);
    const after = await held(100);
    // 800 bad requests: a kilobyte held of each would be more than this.
    expect(after - before).toBeLessThan(1_200_000);
  }, 60_000);
});
