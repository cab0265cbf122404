import { findServed, infer, modelMetadata, type Served, splitBody, versionNamed } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { untilMsOf } from '../deadline.ts';
import { openInferenceError } from '../open-inference-error.ts';
import { parseJson, readBytes, textOf } from '../read-body.ts';
import { json, type Reply } from '../reply.ts';
import { utf8 } from '../utf8.ts';
import type { Answer, Call, FindRoute, MatchedRoute, RouteDeps, RouteFamily } from './route.ts';
import { refuseBeforeReady, refuseNobody } from './route.ts';

const HEADER_LENGTH = 'inference-header-content-length';

/** The document's versions: those that can be named. */
const versionsOf = ({ deployment }: Served): number[] => deployment.variants.map(({ version }) => version);

const readVersion = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new PlatformError('MODEL_NOT_SERVED', `a version is a number, got "${text.slice(0, 80)}"`);
};

const found = (deps: RouteDeps, model: string): Served => {
  refuseBeforeReady(deps, model);
  return findServed(deps.predict.fleet, model);
};

const inferring =
  (deps: RouteDeps, version: string | undefined): Answer =>
  async ({ request, requestId, caller, model }: Call): Promise<Reply> => {
    refuseNobody(caller);
    const untilMs = untilMsOf(request, deps.predict.stopwatch);
    const body = await readBytes(request);
    const served = found(deps, model);
    const [head, binary] = splitBody(body, request.headers[HEADER_LENGTH]?.toString());
    const message = { json: parseJson(textOf(head)), binary };
    const call = { message, caller, requestId, untilMs, version: readVersion(version) };
    const answer = await infer({ ...deps.predict, utf8 }, served, call);
    if (!answer.binary) return json(answer.json);
    const told = utf8.encode(JSON.stringify(answer.json));
    return {
      status: 200,
      body: Buffer.concat([told, answer.binary]),
      type: 'application/octet-stream',
      headers: { [HEADER_LENGTH]: String(told.length) },
    };
  };

const metadata =
  (deps: RouteDeps, version: string | undefined): Answer =>
  ({ model }) => {
    const served = found(deps, model);
    const number = versionNamed(served, readVersion(version) ?? served.variants[0].version);
    const facts = served.models.get(number)?.facts;
    const { stickyKey } = served.deployment;
    return json(facts ? modelMetadata({ model, stickyKey, versions: versionsOf(served) }, facts) : {});
  };

const modelReady =
  (deps: RouteDeps, version: string | undefined): Answer =>
  ({ model }) => {
    const served = found(deps, model);
    const number = readVersion(version);
    if (number !== undefined) versionNamed(served, number);
    return json({ name: model, ready: true });
  };

const repository =
  ({ predict: { fleet } }: RouteDeps): Answer =>
  async ({ request }) => {
    // Its body may ask for the ready ones alone; all that is told here are.
    await readBytes(request);
    return json(
      fleet.models().flatMap((name) => {
        const served = fleet.find(name);
        return served
          ? versionsOf(served).map((version) => {
              const isHere = served.models.has(version);
              const reason = isHere ? '' : 'it did not load';
              return { name, version: String(version), state: isHere ? 'READY' : 'UNAVAILABLE', reason };
            })
          : [];
      }),
    );
  };

const server = {
  name: 'mlops-platform serving',
  version: '2',
  extensions: ['binary_tensor_data', 'model_repository', 'parameters'],
};

const ready =
  ({ follower, isDraining }: RouteDeps): Answer =>
  () => {
    const isReady = follower.isReady() && !isDraining();
    return json({ ready: isReady }, isReady ? 200 : 503);
  };

const toError = openInferenceError;
const MODEL = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/ready|\/infer)?$/;

const verbs: Readonly<Record<string, (deps: RouteDeps, version: string | undefined) => Answer>> = {
  'POST /infer': inferring,
  'GET ': metadata,
  'GET /ready': modelReady,
};

const endpoints = [
  'GET /v2',
  'GET /v2/health/live',
  'GET /v2/health/ready',
  'GET /v2/models/MODEL[/versions/N][/ready]',
  'POST /v2/models/MODEL[/versions/N]/infer',
  'GET or POST /v2/repository/index',
];

const notFound =
  (method: string, path: string): Answer =>
  () => {
    throw new PlatformError(
      'ROUTE_NOT_FOUND',
      `${method} ${path.slice(0, 100)} is no part of the protocol as it is served here; there are ${endpoints.join(', ')}`,
    );
  };

const ofModel =
  (deps: RouteDeps): FindRoute =>
  (method, path) => {
    const [, model, version, verb = ''] = MODEL.exec(path) ?? [];
    const make = verbs[`${method} ${verb}`];
    if (model === undefined || !make) return undefined;
    const endpoint = `/v2/models/{model}${version === undefined ? '' : '/versions/{version}'}${verb}`;
    return { endpoint, model, isLogged: verb === '/infer', toError, answer: make(deps, version) };
  };

const route = (endpoint: string, answer: Answer): MatchedRoute => ({
  ...{ endpoint, model: '', isLogged: endpoint.endsWith('/index'), toError, answer },
});

// Whatever is asked below /v2, its clients read no other error.
const unknown = (method: string, path: string): MatchedRoute => ({
  ...{ endpoint: 'other', model: '', isLogged: true, toError, answer: notFound(method, path) },
});

const isWithin = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/** The Open Inference Protocol, version 2, as REST with its binary tensor extension. */
export const openInferenceRoutes: RouteFamily = (deps) => {
  const model = ofModel(deps);
  const index = route('/v2/repository/index', repository(deps));
  const fixed = new Map<string, MatchedRoute>([
    ['GET /v2', route('/v2', () => json(server))],
    ['GET /v2/health/live', route('/v2/health/live', () => json({ live: true }))],
    ['GET /v2/health/ready', route('/v2/health/ready', ready(deps))],
    ['POST /v2/repository/index', index],
    ['GET /v2/repository/index', index],
  ]);
  return (method, path) => {
    if (!isWithin(path)) return undefined;
    const asked = method === 'HEAD' ? 'GET' : method;
    return model(asked, path) ?? fixed.get(`${asked} ${path.replace(/\/$/, '')}`) ?? unknown(method, path);
  };
};
