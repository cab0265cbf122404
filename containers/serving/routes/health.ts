import { json, type Reply } from '../reply.ts';
import { fixedRoutes, type RouteDeps, type RouteFamily } from './route.ts';

const readiness = ({ follower, isDraining, predict: { fleet } }: RouteDeps): Reply => {
  const isReady = follower.isReady() && !isDraining();
  const status = isDraining() ? 'draining' : isReady ? 'ready' : 'starting';
  const registry = follower.isRegistryAway() ? 'away' : 'reachable';
  const reply = json({ status, registry, models: fleet.models() }, isReady ? 200 : 503);
  return isReady ? reply : { ...reply, headers: { 'retry-after': '1' } };
};

export const healthRoutes: RouteFamily = (deps) =>
  fixedRoutes({
    '/live': () => json({ status: 'live' }),
    '/ready': () => readiness(deps),
    '/health': () => readiness(deps),
  });
