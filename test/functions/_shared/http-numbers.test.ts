import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { Int64, MetricValue } from '#contracts/common.ts';
import type { RouteTable } from '#contracts/routes.ts';
import { eventOf, lambdaContext } from './_event.ts';

// The logger takes its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { httpApi } = await import('../../../functions/_shared/http.ts');

const Point = z.object({ step: Int64, values: z.array(MetricValue) });
const routes = {
  echo: { method: 'POST', path: '/echo', summary: '', role: 'viewer', body: Point, reply: Point },
} as const satisfies RouteTable;
const handler = httpApi(routes, { echo: async ({ body }) => body });

it('httpApi keeps every digit of a 64-bit integer, and names what JSON has no number for', async () => {
  const rawBody = '{"step":-9007199254740993,"values":[NaN,Infinity,-Infinity,0.5]}';
  const event = eventOf({ route: 'POST /echo', rawBody });
  const answer = (await handler(event as never, lambdaContext)) as { body: string };
  expect(answer.body).toBe('{"step":-9007199254740993,"values":["NaN","Infinity","-Infinity",0.5]}');
});
