import { servingRoutes } from '#contracts/serving.ts';
import { PlatformError } from '#core/shared/index.ts';
import { aboutRoutes } from './about.ts';
import { describeRoutes } from './describe.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { openInferenceRoutes } from './open-inference.ts';
import { predictRoutes } from './predict.ts';
import type { Answer, FindRoute, MatchedRoute, RouteDeps, RouteFamily } from './route.ts';
import { sageMakerRoutes } from './sage-maker.ts';
import { uploadRoutes } from './uploads.ts';

export type { MatchedRoute, RouteDeps } from './route.ts';

// In the order in which they are asked: what is called most comes first.
const families: readonly RouteFamily[] = [
  predictRoutes,
  openInferenceRoutes,
  sageMakerRoutes,
  healthRoutes,
  metricsRoutes,
  uploadRoutes,
  describeRoutes,
  aboutRoutes,
];

const notFound =
  (method: string, path: string): Answer =>
  () => {
    const paths = Object.values(servingRoutes).map((route) => `${route.method} ${route.path}`);
    throw new PlatformError(
      'ROUTE_NOT_FOUND',
      `${method} ${path.slice(0, 100)} is not served here; there are ${paths.join(', ')}, /v2, /invocations, GET / which tells all of them`,
    );
  };

const findIn = (finders: readonly FindRoute[], method: string, path: string): MatchedRoute | undefined => {
  for (const find of finders) {
    const found = find(method, path);
    if (found) return found;
  }
  return undefined;
};

/** Finds what answers a request. @example const route = routesOf(deps)('POST', '/predict/churn') */
export const routesOf = (deps: RouteDeps): ((method: string, path: string) => MatchedRoute) => {
  const finders = families.map((family) => family(deps));
  return (method, path) =>
    findIn(finders, method, path) ?? { endpoint: 'other', model: '', isLogged: true, answer: notFound(method, path) };
};
