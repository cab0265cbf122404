import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { ErrorCode } from '#contracts/errors.ts';
import { double, int64, type MlflowRoutes } from '#contracts/mlflow/wire.ts';
import { PlatformError } from '#core/shared/index.ts';
import { mlflowCallOn } from './_mlflow.ts';

const { mlflowApi } = await import('../../../functions/_shared/mlflow-http.ts');

const BASE = '/api/2.0/mlflow';
const routes = {
  numbers: { methods: ['POST'], path: `${BASE}/numbers`, role: 'viewer', request: { step: int64, value: double } },
  page: { methods: ['POST'], path: `${BASE}/page`, role: 'viewer', request: { max_results: z.number() } },
  whole: { methods: ['POST'], path: `${BASE}/whole`, role: 'viewer', request: {} },
  random: { methods: ['POST'], path: `${BASE}/random`, role: 'viewer', request: {} },
  open: { methods: ['POST'], path: `${BASE}/open`, role: 'viewer', request: { max_results: z.number().optional() } },
  gaps: { methods: ['GET'], path: `${BASE}/gaps`, role: 'viewer', request: {} },
  faulty: { methods: ['GET'], path: `${BASE}/faulty`, role: 'viewer', request: {} },
} as const satisfies MlflowRoutes;

const ROW = 'ab"c'.repeat(64);
let row = ROW;
let there = Number.POSITIVE_INFINITY;
let fault: unknown;
const asked: number[] = [];

const call = mlflowCallOn(
  mlflowApi(routes, {
    numbers: async ({ message: { step, value } }) => ({ step, values: [value, -value, Number.NaN, 0.5] }),
    page: async ({ message: { max_results } }) => {
      asked.push(max_results);
      return { rows: Array.from({ length: Math.min(max_results, there) }, () => row), next_page_token: 'more' };
    },
    whole: async () => ({ rows: Array.from({ length: 60_000 }, () => ROW) }),
    random: async () => ({ text: randomBytes(8_000_000).toString('base64') }),
    open: async () => ({ rows: [row] }),
    gaps: async () => ({ unset: undefined, none: [], inner: { none: [], zero: 0, no: '', off: false } }),
    faulty: async () => {
      throw fault;
    },
  }),
);
const failing = (error: unknown) => {
  fault = error;
  return call(`GET ${BASE}/faulty`);
};

beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});
beforeEach(() => {
  row = ROW;
  there = Number.POSITIVE_INFINITY;
  asked.length = 0;
});

describe('mlflowApi answers', () => {
  it('without unset fields and empty lists', async () => {
    expect((await call(`GET ${BASE}/gaps`)).body).toEqual({ inner: { zero: 0, no: '', off: false } });
  });

  it('with every digit of an integer, NaN as text and infinities as the largest doubles', async () => {
    const body = '{"step":-9007199254740993,"value":Infinity}';
    const raw = { body, headers: { 'content-type': 'application/json' } };
    expect((await call(`POST ${BASE}/numbers`, { raw })).body).toEqual({
      step: -9007199254740993n,
      values: [Number.MAX_VALUE, -Number.MAX_VALUE, 'NaN', 0.5],
    });
  });

  it('every code of the platform as one that clients know, and never a 5xx for bad input', async () => {
    const own = ['UNAVAILABLE', 'RATE_LIMITED', 'REVISION_CONFLICT', 'INTERNAL'];
    for (const code of ErrorCode.options.filter((one) => !own.includes(one))) {
      const { status, body } = await failing(new PlatformError(code, 'because'));
      expect([400, 401, 403, 404, 413]).toContain(status);
      expect(body.message).toBe('because');
      if (code.endsWith('_NOT_FOUND') && code !== 'ROUTE_NOT_FOUND')
        expect(body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
      if (code.endsWith('_EXISTS')) expect([status, body.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    }
  });

  const throttled = Object.assign(new Error('x'), { name: 'ThrottlingException' });
  it.each([
    ['a busy service', 503, 'TEMPORARILY_UNAVAILABLE', new PlatformError('UNAVAILABLE', 'busy')],
    ['a lost race', 503, 'TEMPORARILY_UNAVAILABLE', new PlatformError('REVISION_CONFLICT', 'lost')],
    ['too many calls', 429, 'REQUEST_LIMIT_EXCEEDED', new PlatformError('RATE_LIMITED', 'slowly')],
    ['a throttled table', 503, 'TEMPORARILY_UNAVAILABLE', throttled],
  ])('%s with %i, so that the client tries again', async (_, status, error_code, error) => {
    expect(await failing(error)).toMatchObject({ status, body: { error_code }, headers: { 'retry-after': '1' } });
  });

  it('nothing of the inside when something unforeseen happens', async () => {
    const answer = await failing(new Error('secret'));
    expect(answer).toMatchObject({ status: 500, body: { error_code: 'INTERNAL_ERROR' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('a page that is too large with fewer on it', async () => {
    const answer = await call('POST /api/2.0/mlflow/page', { body: { max_results: 50_000 } });
    expect(answer.status).toBe(200);
    expect(asked.length).toBeGreaterThan(1);
    expect(answer.body.rows).toHaveLength(asked.at(-1) ?? 0);
    expect(answer.body.rows.length).toBeGreaterThan(1_000);
    expect(answer.body.next_page_token).toBe('more');
  });

  it('a large page packed to whom takes it so', async () => {
    const body = { max_results: 50_000 };
    const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip, deflate' };
    const answer = await call('POST /api/2.0/mlflow/page', { raw: { body: JSON.stringify(body), headers } });
    expect(asked).toEqual([50_000]);
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.body.rows).toHaveLength(50_000);
  });

  it('a page of few large rows with fewer of those that came, not of those that were asked for', async () => {
    row = 'x'.repeat(2_500_000);
    there = 3;
    const answer = await call('POST /api/2.0/mlflow/page', { body: { max_results: 50_000 } });
    expect(asked).toEqual([50_000, 2]);
    expect(answer).toMatchObject({ status: 200, body: { next_page_token: 'more' } });
  });

  const zip = { 'accept-encoding': 'gzip' };
  it.each([
    ['one row', 'page', { max_results: 2 }, {}, 'one result alone is larger than 6 MB; send Accept-Encoding: gzip'],
    ['a list that has no pages', 'whole', {}, {}, 'send Accept-Encoding: gzip'],
    ['an answer that stays too large when packed', 'random', {}, zip, 'long texts belong in artifacts'],
    ['a list whose pages are not asked for', 'open', {}, {}, 'ask for a part of it with max_results'],
  ])('%s that is too large with what helps', async (_, operation, body, headers, told) => {
    row = 'x'.repeat(7_000_000);
    const raw = { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const answer = await call(`POST /api/2.0/mlflow/${operation}`, { raw });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain(told);
  });
});
