import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { ErrorBody, ErrorCode } from '#contracts/errors.ts';
import { type RouteTable, roles } from '#contracts/routes.ts';
import { PlatformError } from '#core/shared/index.ts';
import { callOn } from './_event.ts';

// The logger takes its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { httpApi } = await import('../../../functions/_shared/http.ts');
const { httpStatus } = await import('../../../functions/_shared/http-status.ts');

const Thing = z.object({ name: z.string().min(2), size: z.number().int().max(9).default(1) });
const routes = {
  make: {
    method: 'POST',
    path: '/things/{kind}',
    summary: '',
    role: 'scientist',
    body: Thing,
    reply: Thing,
    status: 201,
  },
  find: {
    method: 'GET',
    path: '/things/{kind}/{number}',
    summary: '',
    role: 'viewer',
    params: z.object({ number: z.coerce.number().int() }),
    query: z.object({
      limit: z.coerce.number().int().max(10).default(5),
      tag: z.union([z.string(), z.array(z.string())]).optional(),
    }),
    reply: z.unknown(),
  },
  many: {
    method: 'POST',
    path: '/many',
    summary: '',
    role: 'scientist',
    body: z.object({ tags: z.array(z.string().max(9)) }),
    reply: z.unknown(),
  },
  open: { method: 'GET', path: '/open', summary: '', reply: z.object({ caller: z.string() }) },
} as const satisfies RouteTable;

let fault: unknown;
const call = callOn(
  httpApi(routes, {
    make: async ({ body }) => body,
    find: async (request) => {
      if (fault) throw fault;
      return { ...request };
    },
    many: async ({ body }) => body,
    open: async ({ caller }) => ({ caller: caller.id }),
  }),
);
const make = { route: 'POST /things/{kind}', path: { kind: 'a' } };
const find = { route: 'GET /things/{kind}/{number}', path: { kind: 'a', number: '7' } };

describe('httpApi', () => {
  beforeAll(() => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('parses path, query and body by the contract and answers by it', async () => {
    expect(await call({ ...make, body: { name: 'ab', extra: 1 } })).toMatchObject({
      status: 201,
      body: { name: 'ab', size: 1 },
    });
    expect((await call({ ...find, query: 'limit=3&tag=a%2Cb&tag=c+d' })).body).toEqual({
      path: { kind: 'a', number: 7 },
      query: { limit: 3, tag: ['a,b', 'c d'] },
      caller: { id: 'ann', role: 'admin' },
      requestId: 'request-1',
    });
  });

  it('reads a body that API Gateway sent as base64', async () => {
    const rawBody = Buffer.from('{"name":"äö"}');
    expect((await call({ ...make, rawBody })).body).toEqual({ name: 'äö', size: 1 });
  });

  it.each([
    ['no JSON', { rawBody: '{"name":' }, 'the body is not JSON'],
    ['nothing', {}, 'body.name: Invalid input: expected string, received undefined, got nothing'],
    ['a list', { body: [] }, 'expected object'],
    ['a wrong value', { body: { name: 'ab', size: 10 } }, 'body.size: Too big: expected number to be <=9, got 10'],
    [
      'another type',
      { body: { name: 'ab' }, headers: { 'content-type': 'text/csv' } },
      'Content-Type must be application/json, got "text/csv"',
    ],
    ['broken UTF-8', { rawBody: Buffer.from([0x22, 0xff, 0x22]) }, 'the body is not JSON'],
  ])('refuses a body that is %s', async (_, facts, message) => {
    const answer = await call({ ...make, ...facts });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST', requestId: 'request-1' } } });
    expect(answer.body.error?.message).toContain(message);
  });

  it('lists every problem of a request', async () => {
    const { body } = await call({ ...make, body: { name: 'a', size: 'x' } });
    expect(body.error?.details).toEqual({
      problems: [
        { at: 'body.name', message: 'Too small: expected string to have >=2 characters, got "a"' },
        { at: 'body.size', message: 'Invalid input: expected number, received string, got "x"' },
      ],
    });
  });

  it('tells of 20 problems at most, each of bounded length, however much is wrong', async () => {
    const tags = Array.from({ length: 50 }, () => 'x'.repeat(1_000));
    const { status, body } = await call({ ...make, route: 'POST /many', body: { tags } });
    expect(status).toBe(400);
    expect(body.error?.message).toMatch(/and 30 more$/);
    expect(body.error?.details).toMatchObject({ more: 30, problems: { length: 20 } });
    expect(JSON.stringify(body).length).toBeLessThan(20_000);
  });

  it('refuses a body above 5 MB, however it is sent', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(5 * 1024 * 1024) });
    for (const rawBody of [large, Buffer.from(large)])
      expect(await call({ ...make, rawBody })).toMatchObject({
        status: 413,
        body: { error: { code: 'BODY_TOO_LARGE' } },
      });
  });

  it.each([
    ['path.number', { path: { kind: 'a', number: 'x' } }],
    ['query.limit', { query: 'limit=11' }],
  ])('refuses a wrong %s', async (at, facts) => {
    const answer = await call({ ...find, ...facts });
    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).toContain(at);
  });

  it('lets in who has the role or a higher one, and the open route is open', async () => {
    const body = { name: 'ab' };
    const statuses = await Promise.all(
      [...roles, 'nobody', 'emperor'].map(async (role) => (await call({ ...make, body, role })).status),
    );
    expect(statuses).toEqual([403, 201, 201, 201, 401, 401]);
    expect(await call({ route: 'GET /open', role: 'nobody' })).toMatchObject({
      status: 200,
      body: { caller: 'anonymous' },
    });
  });

  it('says who may not call before it looks at the body', async () => {
    expect(await call({ ...make, role: 'viewer', rawBody: '{' })).toMatchObject({ status: 403 });
  });

  it('knows no other route', async () => {
    expect(await call({ route: 'GET /nowhere' })).toMatchObject({
      status: 404,
      body: { error: { code: 'ROUTE_NOT_FOUND' } },
    });
  });

  it('carries a harmless correlation id through and makes one otherwise', async () => {
    const id = (given: string) => call({ route: 'GET /open', headers: { 'x-correlation-id': given } });
    expect((await id('abc-1')).headers['x-correlation-id']).toBe('abc-1');
    expect((await id('a\nb')).headers['x-correlation-id']).toBe('request-1');
  });

  it.each(ErrorCode.options)('answers %s with its status and the error body', async (code) => {
    fault = new PlatformError(code, 'what, value, allowed, remedy', { seen: 1 });
    const answer = await call(find);
    fault = undefined;
    expect(answer.status).toBe(httpStatus[code]);
    expect(ErrorBody.parse(answer.body).error).toMatchObject({ code, details: { seen: 1 }, requestId: 'request-1' });
  });

  it('tells a busy store from a fault, and of a fault nothing about the inside', async () => {
    fault = Object.assign(new Error('slow'), { name: 'ProvisionedThroughputExceededException' });
    expect(await call(find)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    fault = new Error('password is hunter2');
    const answer = await call(find);
    fault = undefined;
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });

  it('never answers 500 to whatever a client sends (law)', async () => {
    const rawBody = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(rawBody, fc.string(), fc.string(), async (raw, query, number) => {
        expect((await call({ ...make, rawBody: raw, query })).status).toBeLessThan(500);
        expect((await call({ ...find, query, path: { kind: query, number } })).status).toBeLessThan(500);
      }),
    );
  });
});
