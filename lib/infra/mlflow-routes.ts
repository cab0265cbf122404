import type { DoorName } from './doors.ts';

/** Routes of the API that one function answers by path and method; greedy ones take all that no closer route takes. */
export interface DoorRoute {
  readonly method: 'ANY' | 'GET' | 'POST';
  readonly path: `/${string}`;
  /** Passes without the authorizer: the function looks at the key itself, or nobody needs one. */
  readonly open?: true;
}

/** What MLflow's own web UI sends goes to /ajax-api instead of /api, and is otherwise the same. */
const bases = ['/api', '/ajax-api'] as const;
const both = (path: string): DoorRoute[] => bases.map((base) => any(`${base}${path}`));
const get = (path: `/${string}`): DoorRoute => ({ method: 'GET', path });
const open = (path: `/${string}`): DoorRoute => ({ ...get(path), open: true });
const any = (path: `/${string}`): DoorRoute => ({ method: 'ANY', path });

/**
 * Everything that MLflow's clients and its web UI ask for, by door. API Gateway prefers a full path to a greedy one, and
 * of greedy ones the longer: so the platform's own routes stay what they are, and a door gets what is left to it.
 */
export const mlflowRoutes = {
  'tracking/mlflow': [...both('/2.0/mlflow/{proxy+}'), any('/api/3.0/mlflow/{proxy+}')],
  'registry/mlflow': [
    ...both('/2.0/mlflow/registered-models/{proxy+}'),
    ...both('/2.0/mlflow/model-versions/{proxy+}'),
  ],
  'artifacts/mlflow': [
    ...both('/2.0/mlflow-artifacts/{proxy+}'),
    ...both('/2.0/mlflow/artifacts/{proxy+}'),
    ...both('/2.0/mlflow/logged-models/{modelId}/artifacts/{proxy+}'),
    ...bases.map((base) => open(`${base}/3.0/mlflow/server-info`)),
    get('/get-artifact'),
    get('/model-versions/get-artifact'),
  ],
  'ui/mlflow': [
    open('/'),
    open('/static-files/{proxy+}'),
    open('/version'),
    { method: 'POST', path: '/graphql' },
    any('/ajax-api/3.0/mlflow/{proxy+}'),
    any('/ajax-api/2.0/mlflow/experiments/search-datasets'),
    any('/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval'),
    any('/ajax-api/2.0/mlflow/gateway-proxy'),
  ],
} as const satisfies Partial<Record<DoorName, readonly DoorRoute[]>>;
export type MlflowDoor = keyof typeof mlflowRoutes;

/**
 * Files sent in one request of any size: the one path that does not go through API Gateway and Lambda, whose bodies end
 * at 10 and 6 MB.
 */
export const uploadPath = '/api/2.0/mlflow-artifacts/artifacts/*';
/** Uploads in parts, which the fleet asks for with the caller's own key. */
export const partsPath = '/api/2.0/mlflow-artifacts/mpu/*';
/** Where a browser begins. API Gateway renames WWW-Authenticate, by which the page asks for a key. */
export const pagePath = '/';
