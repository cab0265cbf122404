import type { IncomingMessage } from 'node:http';
import { servingRoutes } from '#contracts/serving.ts';
import { findServed, type PredictDeps, predict, predictBatch } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { FleetFollower } from './fleet-follower.ts';
import { parseJson, readBody } from './read-body.ts';
import { json, type Reply } from './reply.ts';
import { type UploadDoor, uploadEndpoint, uploadedFile } from './uploads/upload-door.ts';

export interface RouteDeps {
  readonly predict: PredictDeps;
  readonly follower: Pick<FleetFollower, 'isReady' | 'isRegistryAway'>;
  readonly uploads: Pick<UploadDoor, 'take'>;
  readonly renderMetrics: () => string;
  readonly isDraining: () => boolean;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly requestId: string;
  /** Empty when the gateway knew nobody. */
  readonly caller: string;
  readonly model: string;
}

export interface MatchedRoute {
  /** The route's template, for metrics. */
  readonly endpoint: string;
  readonly model: string;
  /** Whether a prediction: counted in flight and written to the access log. */
  readonly isLogged: boolean;
  /** Whether its body may take as long as it likes to come. @default false */
  readonly isUpload?: true;
  answer(call: Call): Promise<Reply> | Reply;
}

type Answer = MatchedRoute['answer'];

const about = ({ predict: { fleet } }: RouteDeps): Reply =>
  json({
    service: 'mlops-platform serving',
    description: 'Predictions of every deployed model; the platform API authenticates callers',
    models: fleet.models().map((name) => {
      const deployment = fleet.find(name)?.deployment;
      const variants = deployment?.variants.map(({ version, weight }) => ({ version, weight }));
      return { model: name, revision: deployment?.revision, phase: deployment?.phase, variants };
    }),
    routes: [
      ...Object.values(servingRoutes).map(({ method, path, summary }) => `${method} ${path}: ${summary}`),
      `PUT ${uploadEndpoint}: an artifact of any size, with the caller's own key`,
      'GET /live, /ready, /health: state of this task',
      'GET /metrics: Prometheus metrics',
    ],
  });

const readiness = ({ follower, isDraining, predict: { fleet } }: RouteDeps): Reply => {
  const isReady = follower.isReady() && !isDraining();
  const status = isDraining() ? 'draining' : isReady ? 'ready' : 'starting';
  const registry = follower.isRegistryAway() ? 'away' : 'reachable';
  const reply = json({ status, registry, models: fleet.models() }, isReady ? 200 : 503);
  return isReady ? reply : { ...reply, headers: { 'retry-after': '1' } };
};

// Before its first look at the registry a task cannot tell what nobody deployed from what it has yet to load: that
// is for the caller to ask again, not to give up.
const refuseBeforeReady = ({ predict: { fleet }, follower }: RouteDeps, model: string): void => {
  if (follower.isReady() || fleet.models().includes(model)) return;
  throw new PlatformError('UNAVAILABLE', 'this task is still loading its models; try again shortly');
};

const refuseNobody = (caller: string): void => {
  if (caller !== '') return;
  throw new PlatformError(
    'UNAUTHENTICATED',
    'no valid API key came with this request; send it as "Authorization: Bearer mlp_…"; POST /api-keys makes one',
  );
};

const predicting =
  (deps: RouteDeps, verb: typeof predict | typeof predictBatch): Answer =>
  async ({ request, requestId, caller, model }) => {
    refuseNobody(caller);
    const text = await readBody(request);
    refuseBeforeReady(deps, model);
    const served = findServed(deps.predict.fleet, model);
    return json(await verb(deps.predict, served, { body: parseJson(text), requestId, caller }));
  };

const notFound =
  (method: string, path: string): Answer =>
  () => {
    const paths = Object.values(servingRoutes).map((route) => `${route.method} ${route.path}`);
    throw new PlatformError(
      'ROUTE_NOT_FOUND',
      `${method} ${path.slice(0, 100)} is not served here; there are ${paths.join(', ')}, GET /, /live, /ready, /health, /metrics`,
    );
  };

const PREDICT = /^\/predict\/([^/]+)(\/batch)?$/;

const fixedRoutes = (deps: RouteDeps): ReadonlyMap<string, Answer> =>
  new Map<string, Answer>([
    ['/', () => about(deps)],
    ['/live', () => json({ status: 'live' })],
    ['/ready', () => readiness(deps)],
    ['/health', () => readiness(deps)],
    ['/metrics', () => ({ status: 200, body: deps.renderMetrics(), type: 'text/plain; version=0.0.4; charset=utf-8' })],
  ]);

/** Answers of POST /predict/…, undefined for any other path. */
const predictRoutes = (deps: RouteDeps): ((path: string) => MatchedRoute | undefined) => {
  const one = { endpoint: servingRoutes.predict.path, isLogged: true, answer: predicting(deps, predict) };
  const batch = { endpoint: servingRoutes.predictBatch.path, isLogged: true, answer: predicting(deps, predictBatch) };
  return (path) => {
    const [, model, isBatch] = PREDICT.exec(path) ?? [];
    if (model === undefined) return undefined;
    return { ...(isBatch ? batch : one), model };
  };
};

const uploadRoute = ({ uploads }: RouteDeps, path: string): MatchedRoute | undefined => {
  const file = uploadedFile(path);
  if (file === undefined) return undefined;
  const answer: Answer = ({ request, requestId }) => uploads.take({ request, requestId, file });
  return { endpoint: uploadEndpoint, model: '', isLogged: true, isUpload: true, answer };
};

/** Finds what answers a request. @example const route = routesOf(deps)('POST', '/predict/churn') */
export const routesOf = (deps: RouteDeps): ((method: string, path: string) => MatchedRoute) => {
  const predictions = predictRoutes(deps);
  const fixed = fixedRoutes(deps);
  const fixedRoute = (path: string): MatchedRoute | undefined => {
    const answer = fixed.get(path);
    return answer && { endpoint: path, model: '', isLogged: path === '/', answer };
  };
  const find = (method: string, path: string): MatchedRoute | undefined => {
    if (method === 'POST') return predictions(path);
    return method === 'PUT' ? uploadRoute(deps, path) : fixedRoute(path);
  };
  return (method, path) => {
    const isKnown = ['GET', 'HEAD', 'POST', 'PUT'].includes(method);
    const found = isKnown && find(method, path);
    return found || { endpoint: 'other', model: '', isLogged: true, answer: notFound(method, path) };
  };
};
