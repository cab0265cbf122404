import type { DoorRoute } from './mlflow-routes.ts';

/**
 * What the fleet answers beside the routes of the contract: the Open Inference Protocol, and the page that describes every
 * model. By method, not ANY: that would send the question whether a page may ask (OPTIONS) to the authorizer, which
 * browsers bring no key for.
 */
export const fleetRoutes: readonly DoorRoute[] = [
  { method: 'GET', path: '/v2' },
  { method: 'GET', path: '/v2/{proxy+}' },
  { method: 'POST', path: '/v2/{proxy+}' },
  // The page alone, which is the same for everybody and asks for a key by itself: of the API's 401 no browser would.
  { method: 'GET', path: '/serving/docs', open: true },
  { method: 'GET', path: '/serving/openapi.json' },
];
