import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientEnv } from '#local/emulator-env.ts';
import { type ArtifactDoorWorld, artifactWorld } from '#test/functions/artifacts/_world.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { balancerEvent, type LambdaServer, lambdaServer, wholeBody } from '#test/helpers/lambda-server.ts';
import { flakyStore } from './flaky-store.ts';
import { until } from './serving-fakes.ts';
import { type ServingProcess, servingProcess } from './serving-process.ts';

const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const MIB = 1_024 * 1_024;
const PART = 8 * MIB;

/** What the artifact proxy does and then fails to answer, how often. */
const proxy = { failing: '', failures: 0 };
let world: ArtifactDoorWorld;
let store: Awaited<ReturnType<typeof flakyStore>>;
let balancer: LambdaServer;
let task: ServingProcess;
let port: number;
let cacheDir: string;

beforeAll(async () => {
  const { url, freshTable } = await emulator();
  world = await artifactWorld();
  store = await flakyStore(url);
  const through = async (event: unknown, context: unknown) => {
    const verb = /\/mpu\/(\w+)\//.exec((event as { path: string }).path)?.[1] ?? '';
    if (proxy.failing === verb && proxy.failures > 0) {
      proxy.failures -= 1;
      // As after a timeout: what was asked is done all the same.
      await world.handler(event, context);
      return { statusCode: 502, body: '' };
    }
    const result = (await world.handler(event, context)) as { body?: string };
    return { ...result, body: result.body?.replaceAll(url, store.url) };
  };
  balancer = await lambdaServer(through, balancerEvent);
  cacheDir = await mkdtemp(join(tmpdir(), 'uploads-'));
  const environment = {
    ...clientEnv(url),
    DEPLOYMENTS_TABLE: await freshTable('pk', 'sk'),
    FEATURES_TABLE: await freshTable('pk'),
    ARTIFACT_BUCKET: world.bucket,
    LEDGER_STREAM_NAME: 'none',
    CACHE_DIR: cacheDir,
    ARTIFACTS_URL: balancer.url,
  };
  task = await servingProcess({ environment });
  ({ port } = task);
}, EMULATOR_START_MS);

afterAll(async () => {
  await task?.end('SIGKILL');
  balancer?.stop();
  store?.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

const put = (path: string, headers: Record<string, string | number> = {}): ClientRequest =>
  httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method: 'PUT',
    agent: false,
    headers: { authorization: world.scientist, ...headers },
  });

const answered = async (sent: ClientRequest) => {
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  const text = (await wholeBody(reply)).toString();
  return { status: reply.statusCode, headers: reply.headers, text, error: text ? JSON.parse(text) : undefined };
};

/** Of known size, as clients of MLflow send them. */
const send = (path: string, body: Buffer, headers = {}) => {
  const sent = put(path, { 'content-length': body.length, ...headers });
  sent.end(body);
  return answered(sent);
};

/** Of a size that nobody said before. */
const sendChunked = async (path: string, pieces: readonly Buffer[]) => {
  const sent = put(path);
  const answer = answered(sent);
  for (const piece of pieces) if (!sent.write(piece)) await once(sent, 'drain');
  sent.end();
  return answer;
};

const stored = async (key: string): Promise<Buffer> => {
  const { Body } = await world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const sha = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
const unfinished = async (): Promise<number> => {
  const { Uploads = [] } = await world.s3.send(new ListMultipartUploadsCommand({ Bucket: world.bucket }));
  return Uploads.length;
};
/** What the artifact proxy was asked, while something is done. */
const asked = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = balancer.seen.length;
  await work();
  return balancer.seen.slice(before).map((line) => line.replace(/^POST .*\/mpu\/(\w+)\/.*$/, '$1'));
};

describe('a file that the fleet takes', () => {
  it('goes in one piece when it is small, with one question', async () => {
    const body = randomBytes(1_000);
    const calls = await asked(async () => {
      expect(await send(`${FILES}/1/r/artifacts/small.bin`, body)).toMatchObject({ status: 200, text: '' });
    });
    expect([sha(await stored('1/r/artifacts/small.bin')), calls]).toEqual([sha(body), ['create']]);
  });

  it('goes in parts when it is large', async () => {
    const body = randomBytes(30 * MIB + 17);
    const calls = await asked(async () => {
      expect(await send(`/prod${FILES}/1/r/artifacts/large.bin`, body)).toMatchObject({ status: 200, text: '' });
    });
    expect([sha(await stored('1/r/artifacts/large.bin')), calls]).toEqual([sha(body), ['create', 'complete']]);
  }, 60_000);

  it.each([
    ['complete', 2, PART + 1, ['create', 'complete', 'complete', 'complete']],
    ['create', 1, 10, ['create', 'create']],
  ])('is there although the answer to %s was lost', async (failing, failures, bytes, expected) => {
    Object.assign(proxy, { failing, failures });
    const body = randomBytes(bytes);
    const calls = await asked(async () => {
      expect((await send(`${FILES}/1/r/artifacts/lost-${failing}`, body)).status).toBe(200);
    });
    expect([sha(await stored(`1/r/artifacts/lost-${failing}`)), calls]).toEqual([sha(body), expected]);
  });

  it.each([0, 3, PART - 1, PART, PART + 1, 2 * PART])(
    'needs no size: %d bytes in chunks',
    async (bytes) => {
      const body = randomBytes(bytes);
      const half = Math.floor(bytes / 2);
      const key = `1/r/artifacts/chunked-${bytes}`;
      const pieces = bytes === 0 ? [] : [body.subarray(0, half), body.subarray(half)];
      expect(await sendChunked(`${FILES}/${key}`, pieces)).toMatchObject({ status: 200, text: '' });
      expect(sha(await stored(key))).toBe(sha(body));
    },
    60_000,
  );

  it.each([0, PART, PART + 1])('may have %d bytes exactly', async (bytes) => {
    const body = randomBytes(bytes);
    expect((await send(`${FILES}/1/r/artifacts/exact-${bytes}`, body)).status).toBe(200);
    expect(sha(await stored(`1/r/artifacts/exact-${bytes}`))).toBe(sha(body));
  });

  it.each(['100%25.txt', 'a%2520b', 'a+b', '%C3%BC%20b', "a'b;c=d", 'a%23b%3F'])('keeps the name %s', async (sent) => {
    expect((await send(`${FILES}/1/r/na%2Bmes/${sent}`, Buffer.from(sent))).status).toBe(200);
    expect((await stored(`1/r/na+mes/${decodeURIComponent(sent)}`)).toString()).toBe(sent);
  });

  it('is taken by the key that it brings, where the balancer says that it knows nobody', async () => {
    expect((await send(`${FILES}/1/r/key`, Buffer.from('x'), { 'x-caller-id': 'nobody' })).status).toBe(200);
  });
});

describe('a file that is not taken', () => {
  const path = `${FILES}/1/r/artifacts/refused`;

  it('is one of a caller who may not send it', async () => {
    const body = randomBytes(2 * PART);
    const nobody = await send(path, body, { authorization: 'Bearer mlp_nobody' });
    expect([nobody.status, nobody.error.error_code]).toEqual([401, 'UNAUTHENTICATED']);
    const viewer = await send(path, Buffer.from('x'), { authorization: world.viewer });
    expect([viewer.status, viewer.error.error_code]).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('is refused before its bytes are waited for when its size is not known either', async () => {
    const sent = put(path, { authorization: 'Bearer mlp_nobody' });
    sent.on('error', () => {});
    const before = balancer.seen.length;
    sent.write('a');
    await until(() => balancer.seen.length > before);
    sent.end();
    expect((await answered(sent)).status).toBe(401);
  });

  it.each(['1/r/../../x', '1/r/%2e%2e/x', 'x/y', '1//y', '1/a%5Cb'])('is one at the path %s', async (bad) => {
    const { status, error } = await send(`${FILES}/${bad}`, Buffer.from('x'));
    expect([status, error.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('is one that is too large', async () => {
    const sent = put(path, { 'content-length': 50 * 1_024 * MIB + 1 });
    sent.on('error', () => {});
    sent.flushHeaders();
    const { status, error } = await answered(sent);
    sent.destroy();
    expect([status, error.message]).toEqual([413, expect.stringContaining('50 GiB')]);
  });

  it('leaves nothing behind when its sender hangs up', async () => {
    const calls = await asked(async () => {
      const sent = put(path, { 'content-length': 3 * PART });
      sent.on('error', () => {});
      sent.write(randomBytes(2 * PART));
      await until(async () => (await unfinished()) > 0);
      sent.destroy();
      await until(async () => (await unfinished()) === 0);
    });
    expect(calls).toEqual(['create', 'abort']);
    await expect(stored('1/r/artifacts/refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
  }, 30_000);

  it('is sent again by its client when the store stays busy, after the fleet tried by itself', async () => {
    store.state.failures = 2;
    const body = randomBytes(PART + 1);
    expect((await send(`${FILES}/1/r/artifacts/again`, body)).status).toBe(200);
    expect([store.state.refused, sha(await stored('1/r/artifacts/again'))]).toEqual([2, sha(body)]);
    store.state.failures = 1_000;
    const { status, headers, error } = await send(path, body);
    store.state.failures = 0;
    expect([status, error.error_code, headers['retry-after']]).toEqual([503, 'TEMPORARILY_UNAVAILABLE', '15']);
    expect(await unfinished()).toBe(0);
  }, 60_000);
});
