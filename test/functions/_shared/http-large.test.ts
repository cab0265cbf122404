import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { RouteTable } from '#contracts/routes.ts';
import { callOn } from './_event.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { httpApi } = await import('../../../functions/_shared/http.ts');

const get = { method: 'GET', summary: '', role: 'viewer', reply: z.unknown() } as const;
const routes = {
  one: { ...get, path: '/one' },
  page: { ...get, path: '/page', query: z.object({ maxResults: z.coerce.number().default(9) }) },
} as const satisfies RouteTable;
const large = async () => 'x'.repeat(6_000_000);
const call = callOn(httpApi(routes, { one: large, page: large }));

describe('an answer that is not let out', () => {
  it.each([
    ['/page', 'ask for fewer with maxResults'],
    ['/one', 'long texts belong in artifacts'],
  ])('of %s is refused with what helps', async (path, remedy) => {
    const { status, body } = await call({ route: `GET ${path}` });
    expect([status, body.error?.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.error?.message).toContain(remedy);
  });
});
