import { describe, expect, it } from '@jest/globals';
import { datasetRoutes } from '#contracts/dataset-routes.ts';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { pipelineRoutes } from '#contracts/pipelines.ts';
import { registryRoutes } from '#contracts/registry.ts';
import { type RouteTable, unknownCaller } from '#contracts/routes.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import { validationRoutes } from '#contracts/validation.ts';
import { eventOf, lambdaContext } from './_event.ts';

// The logger takes its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { httpApi } = await import('../../../functions/_shared/http.ts');

const tables: RouteTable = {
  ...datasetRoutes,
  ...deploymentRoutes,
  ...identityRoutes,
  ...monitoringRoutes,
  ...pipelineRoutes,
  ...registryRoutes,
  ...trackingRoutes,
  ...validationRoutes,
};
const reached: string[] = [];
const handler = httpApi(
  tables,
  Object.fromEntries(Object.keys(tables).map((name) => [name, async () => void reached.push(name)])) as never,
) as unknown as (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;

const contexts = {
  'a key that nobody knows': { authorizer: { lambda: { callerId: unknownCaller, callerRole: unknownCaller } } },
  'an empty caller': { authorizer: { lambda: { callerId: '', callerRole: '' } } },
  'a caller without a role': { authorizer: { lambda: { callerId: 'ann' } } },
  'an authorizer that says nothing': { authorizer: { lambda: null } },
  'no authorizer': {},
};

describe('a route with a role', () => {
  it('is every route but health', () => {
    expect(Object.entries(tables).filter(([, { role }]) => role === undefined)).toEqual([['health', tables.health]]);
  });

  it.each(Object.entries(contexts))('is answered 401 for %s', async (_, context) => {
    for (const { method, path, role } of Object.values(tables)) {
      if (role === undefined) continue;
      const event = { ...eventOf({ route: `${method} ${path}` }), requestContext: { requestId: 'r', ...context } };
      const { statusCode, body } = await handler(event, lambdaContext);
      expect([path, statusCode, JSON.parse(body).error.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
    }
    expect(reached).toEqual([]);
  });
});
