import type { ServedModels } from '#contracts/serving.ts';
import { describeServed, findServed, servedOpenApi } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { docsPage } from '../docs/docs-page.ts';
import { json, type Reply } from '../reply.ts';
import { defaultModelOf } from './default-model.ts';
import { type FindRoute, fixedRoutes, type RouteDeps, type RouteFamily, refuseBeforeReady } from './route.ts';

const described = (deps: RouteDeps, model: string) => {
  refuseBeforeReady(deps, model);
  const found = describeServed(findServed(deps.predict.fleet, model), deps.health(model));
  if (found) return found;
  throw new PlatformError('UNAVAILABLE', `${model} is not loaded yet; try again shortly`);
};

const all = ({ predict: { fleet }, health }: RouteDeps) =>
  fleet.models().flatMap((model) => {
    const served = fleet.find(model);
    return (served && describeServed(served, health(model))) ?? [];
  });

/** Undefined where nothing but a name in the path says which. */
const defaultOf = (deps: RouteDeps): string | undefined => {
  try {
    return defaultModelOf(deps);
  } catch {
    return undefined;
  }
};

const list = (deps: RouteDeps): ServedModels => {
  const defaultModel = defaultOf(deps);
  return { service: 'mlops-platform serving', ...(defaultModel && { defaultModel }), models: all(deps) };
};

const page: Reply = {
  status: 200,
  body: docsPage,
  type: 'text/html; charset=utf-8',
  headers: {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
  },
};

const ofModel =
  (deps: RouteDeps): FindRoute =>
  (method, path) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const [, place, model] = /^\/(serving\/models|health)\/([^/]+)$/.exec(path) ?? [];
    if (model === undefined) return undefined;
    const common = { endpoint: `/${place}/{model}`, model, isLogged: false };
    if (place !== 'health') return { ...common, answer: () => json(described(deps, model)) };
    return {
      ...common,
      answer: () => {
        refuseBeforeReady(deps, model);
        findServed(deps.predict.fleet, model);
        return json(deps.health(model));
      },
    };
  };

/** What is served, for callers and for those who read. */
export const describeRoutes: RouteFamily = (deps) => {
  // Relative to the document: a gateway may put a path before all of them.
  const openApi = (server: string) => () => json(servedOpenApi(all(deps), server));
  const fixed = fixedRoutes({
    '/serving/models': () => json(list(deps)),
    '/openapi.json': openApi('.'),
    '/serving/openapi.json': openApi('..'),
    '/docs': () => page,
    '/serving/docs': () => page,
  });
  const model = ofModel(deps);
  return (method, path) => fixed(method, path) ?? model(method, path);
};
