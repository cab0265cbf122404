import type { IncomingMessage } from 'node:http';
import { PredictQuery, servingRoutes } from '#contracts/serving.ts';
import { findServed, type PredictOne, predictBatchText, predictOne, type Served } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { untilMsOf } from '../deadline.ts';
import { parseJson, readBody } from '../read-body.ts';
import type { Reply } from '../reply.ts';
import { defaultModelOf } from './default-model.ts';
import {
  type Answer,
  type MatchedRoute,
  queryOf,
  type RouteDeps,
  type RouteFamily,
  refuseBeforeReady,
  refuseNobody,
} from './route.ts';

/** Answers a request's body with the text of a reply. */
type Verb = (deps: RouteDeps['predict'], served: Served, request: PredictOne) => Promise<string>;

const single: Verb = async (deps, served, request) => (await predictOne(deps, served, request)).text;

/**
 * What the query wants explained; undefined for nothing.
 * @throws {PlatformError} INVALID_REQUEST
 */
const explainOf = (request: IncomingMessage): PredictOne['explain'] => {
  if (!request.url?.includes('?')) return undefined;
  const query = PredictQuery.safeParse(Object.fromEntries(queryOf(request)));
  if (!query.success) {
    const problems = query.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new PlatformError(
      'INVALID_REQUEST',
      `${problems.join('; ')}; a prediction's query takes explain and, beside explain=true, top: ?explain=true&top=5`,
      { problems },
    );
  }
  const { explain, top } = query.data;
  return explain ? { top } : undefined;
};

const predicting =
  (deps: RouteDeps, verb: Verb): Answer =>
  async ({ request, requestId, caller, model }): Promise<Reply> => {
    refuseNobody(caller);
    const untilMs = untilMsOf(request, deps.predict.stopwatch);
    const explain = explainOf(request);
    const json = await readBody(request);
    refuseBeforeReady(deps, model);
    const served = findServed(deps.predict.fleet, model || defaultModelOf(deps));
    const body = await verb(deps.predict, served, { body: parseJson(json), json, requestId, caller, untilMs, explain });
    return { status: 200, body };
  };

const PREDICT = /^\/predict\/([^/]+)(\/batch)?$/;

export const predictRoutes: RouteFamily = (deps) => {
  const one: Omit<MatchedRoute, 'model'> = {
    endpoint: servingRoutes.predict.path,
    isLogged: true,
    answer: predicting(deps, single),
  };
  const batch = { ...one, endpoint: servingRoutes.predictBatch.path, answer: predicting(deps, predictBatchText) };
  const byDefault: MatchedRoute = { ...one, endpoint: servingRoutes.predictDefault.path, model: '' };
  return (method, path) => {
    if (method !== 'POST') return undefined;
    if (path === servingRoutes.predictDefault.path) return byDefault;
    const [, model, isBatch] = PREDICT.exec(path) ?? [];
    if (model === undefined) return undefined;
    return { ...(isBatch ? batch : one), model };
  };
};
