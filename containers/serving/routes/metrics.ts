import { fixedRoutes, type RouteFamily } from './route.ts';

export const metricsRoutes: RouteFamily = ({ renderMetrics }) =>
  fixedRoutes({
    '/metrics': () => ({ status: 200, body: renderMetrics(), type: 'text/plain; version=0.0.4; charset=utf-8' }),
  });
