import { describe, expect, it } from '@jest/globals';
import { artifactRoutes } from '#contracts/mlflow/artifacts.ts';
import { experimentRoutes } from '#contracts/mlflow/experiments.ts';
import { loggedModelRoutes } from '#contracts/mlflow/logged-models.ts';
import { metricRoutes } from '#contracts/mlflow/metrics.ts';
import { modelVersionRoutes } from '#contracts/mlflow/model-versions.ts';
import { registeredModelRoutes } from '#contracts/mlflow/registered-models.ts';
import { runRoutes } from '#contracts/mlflow/runs.ts';
import { uiRoutes } from '#contracts/mlflow/ui.ts';
import type { MlflowRoutes } from '#contracts/mlflow/wire.ts';
import { type MlflowDoor, mlflowRoutes } from '#infra/mlflow-routes.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const contracts: Readonly<Record<MlflowDoor, readonly MlflowRoutes[]>> = {
  'tracking/mlflow': [experimentRoutes, runRoutes, metricRoutes, loggedModelRoutes],
  'registry/mlflow': [registeredModelRoutes, modelVersionRoutes],
  'artifacts/mlflow': [artifactRoutes],
  'ui/mlflow': [uiRoutes],
};

interface ApiRoute {
  readonly method: string;
  readonly path: string;
  readonly matches: RegExp;
  readonly greedy: boolean;
}
const routeOf = (key: string): ApiRoute => {
  const [method = '', path = ''] = key.split(' ');
  const pattern = path
    .replace(/[.]/g, '\\.')
    .replace(/\{\w+\+\}/, '.+')
    .replace(/\{\w+\}/g, '[^/]+');
  return { method, path, matches: new RegExp(`^${pattern}$`), greedy: path.includes('+}') };
};
const all = Object.values(resourcesOf(templatesOf('prod').platform, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) =>
  routeOf(Properties.RouteKey),
);

const literals = ({ path }: ApiRoute): number => path.split('/').filter((part) => !part.startsWith('{')).length;

/** As API Gateway chooses: a whole path before a greedy one, the closer before the farther, a method before any. */
const chosen = (method: string, path: string): string | undefined => {
  const fitting = all.filter((route) => route.matches.test(path) && ['ANY', method].includes(route.method));
  const rank = (route: ApiRoute) => [Number(!route.greedy), literals(route), Number(route.method !== 'ANY')];
  const [best] = fitting.sort((a, b) => rank(b).reduce((sum, n, at) => sum || n - (rank(a)[at] ?? 0), 0));
  return best && `${best.method} ${best.path}`;
};

const doorOf = (key: string | undefined): string | undefined =>
  Object.entries(mlflowRoutes).find(([, routes]) =>
    routes.some(({ method, path }) => `${method} ${path}` === key),
  )?.[0];

const sample = (path: string): string => path.replace(/\{\w+\+\}/, 'a/b%20c').replace(/\{\w+\}/g, 'x1');

const operations = Object.entries(contracts).flatMap(([door, tables]) =>
  tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { methods, path, role }]) => {
      const paths = path.startsWith('/api/') ? [path, path.replace('/api/', '/ajax-api/')] : [path];
      return paths.flatMap((one) => methods.map((method) => ({ name, door, method, path: one, role })));
    }),
  ),
);

describe('routes of the API for MLflow', () => {
  it.each(operations)('$method $path ($name) reaches $door', ({ method, path, door }) => {
    expect(doorOf(chosen(method, sample(path)))).toBe(door);
  });

  it('pass without a key exactly where the contract says so, or the door looks at keys itself', () => {
    const open = new Set<string>(
      Object.values(mlflowRoutes)
        .flat()
        .flatMap(({ method, path, ...more }) => ('open' in more ? [`${method} ${path}`] : [])),
    );
    const wrong = operations.filter(
      ({ method, path, role }) => open.has(chosen(method, sample(path)) ?? '') !== (role === undefined),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['GET', '/health'],
    ['GET', '/models/churn'],
    ['GET', '/experiments/1/runs'],
    ['POST', '/predict/churn'],
  ])("leave %s %s to the platform's own", (method, path) => {
    const key = chosen(method, path);
    expect([key, doorOf(key)]).toEqual([expect.stringContaining(method), undefined]);
  });
});
