import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { servingTelemetry, versionMetrics } from '#core/serving/index.ts';
import { lineLog } from '../../../containers/serving/access-log.ts';
import type { Reply } from '../../../containers/serving/reply.ts';
import { servingServer } from '../../../containers/serving/server.ts';
import { ask } from './serving-fakes.ts';

const well = (): Reply => ({ status: 200, body: 'well' });

const serving = async (answer: () => Promise<Reply>, mostInFlight: number) => {
  const lines: string[] = [];
  const telemetry = servingTelemetry(versionMetrics(), 'dynamodb');
  const server = servingServer({
    routes: (_, path) => {
      const kind = { isLogged: path !== '/live', ...(path === '/upload' && { isUpload: true as const }) };
      return { endpoint: path, model: '', ...kind, answer: path === '/x' || path === '/x%22' ? answer : well };
    },
    telemetry,
    log: lineLog({ write: (text: string) => lines.push(...text.trimEnd().split('\n')) > 0 }),
    ids: { ulid: () => 'made' },
    stopwatch: { ms: () => performance.now() },
    isDraining: () => false,
    mostInFlight,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, lines, telemetry, close: () => new Promise((resolve) => server.close(resolve)) };
};

describe('the server', () => {
  it('refuses at once what it has no room for, and takes more when there is some', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    const answer = async (): Promise<Reply> => {
      begun += 1;
      if (begun <= 2) await held;
      return { status: 200, body: 'ok' };
    };
    const { port, close, telemetry } = await serving(answer, 2);
    const first = [ask(port, '/x'), ask(port, '/x')];
    while (begun < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const refused = await ask(port, '/x');
    expect([refused.status, refused.json.error.code, refused.headers['retry-after']]).toEqual([429, 'QUEUE_FULL', '1']);
    // A full task is alive: a check of its health that is refused would have it replaced.
    expect([(await ask(port, '/live')).status, (await ask(port, '/upload')).status]).toEqual([200, 200]);
    release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask(port, '/x')).status).toBe(200);
    expect(telemetry.render()).toContain('api_requests_total{endpoint="/x",method="GET",status="429"} 1\n');
    await close();
  });

  it('writes bodies and log lines of any characters whole', async () => {
    const body = 'Grüße, 世界 \u{1f600}';
    const { port, close, lines } = await serving(async () => ({ status: 200, body, type: 'text/plain' }), 9);
    const caller = 'a"b\\c';
    const id = { 'x-correlation-id': 'of-mine', 'x-caller-id': caller };
    const { text, headers } = await ask(port, '/x%22?a=1', { headers: id });
    expect(text).toBe(body);
    expect(headers).toMatchObject({ 'content-length': String(Buffer.byteLength(body)), 'x-correlation-id': 'of-mine' });
    const odd = await ask(port, '/x', { headers: { 'x-correlation-id': 'no good' } });
    expect(odd.headers['x-correlation-id']).toBe('made');
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'INFO',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      message: 'request',
      method: 'GET',
      path: '/x%22',
      status: 200,
      ms: expect.any(Number),
      request_id: 'of-mine',
      caller,
    });
    await close();
  });
});
