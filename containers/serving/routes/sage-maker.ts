import {
  columnOrder,
  findServed,
  MOST_BATCH_ROWS,
  predictTogether,
  readCsvRows,
  readJsonRows,
  type Served,
  toCsv,
  toPredictions,
} from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { untilMsOf } from '../deadline.ts';
import { parseJson, readBody } from '../read-body.ts';
import { json, type Reply } from '../reply.ts';
import { defaultModelOf } from './default-model.ts';
import type { Answer, Call, RouteDeps, RouteFamily } from './route.ts';
import { refuseBeforeReady, refuseNobody } from './route.ts';

const TARGET = 'x-amzn-sagemaker-target-model';
const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';

interface MediaType {
  readonly type: string;
  readonly header: string | undefined;
}

const mediaType = (given: string): MediaType => {
  const [type = '', ...parameters] = given.split(';').map((part) => part.trim().toLowerCase());
  const header = parameters.find((parameter) => parameter.startsWith('header='))?.slice('header='.length);
  return { type, header };
};

const unsupported = (what: string, type: string): PlatformError =>
  new PlatformError(
    'MEDIA_TYPE_UNSUPPORTED',
    `${what} "${type.slice(0, 80)}" is not known here; take ${JSON_TYPE} or ${CSV_TYPE}`,
    { allowed: [JSON_TYPE, CSV_TYPE] },
  );

/** Which of both a body is; none said is JSON. */
const contentType = ({ headers }: Call['request']): MediaType => {
  const media = mediaType(headers['content-type'] ?? JSON_TYPE);
  if (media.type === JSON_TYPE || media.type === CSV_TYPE) return media;
  throw unsupported('a body of type', media.type);
};

/** What a caller reads: the first of its types that is written here. */
const acceptedType = ({ headers }: Call['request']): string => {
  const types = (headers.accept ?? '*/*').split(',').map((one) => mediaType(one).type);
  for (const type of types) {
    if (type === CSV_TYPE || type === 'text/*') return CSV_TYPE;
    if (type === JSON_TYPE || type === '*/*' || type === '' || type === 'application/*') return JSON_TYPE;
  }
  throw unsupported('a reply of type', types.join(', '));
};

const modelOf = (deps: RouteDeps, { headers }: Call['request']): string => {
  const target = headers[TARGET]?.toString();
  // SageMaker names the archive of a model.
  return target === undefined ? defaultModelOf(deps) : target.replace(/^\//, '').replace(/\.tar\.gz$/, '');
};

const rowsOf = (text: string, { type, header }: MediaType, { models, variants }: Served) => {
  const facts = models.get(variants[0].version)?.facts;
  if (!facts) throw new PlatformError('UNAVAILABLE', 'the model is not loaded yet; try again shortly');
  const mostRows = MOST_BATCH_ROWS;
  if (type === CSV_TYPE) return readCsvRows(text, facts, { header, mostRows });
  return readJsonRows(parseJson(text), { order: columnOrder(facts), mostRows });
};

const invoking =
  (deps: RouteDeps): Answer =>
  async ({ request, requestId, caller }): Promise<Reply> => {
    refuseNobody(caller);
    const media = contentType(request);
    const accepted = acceptedType(request);
    const untilMs = untilMsOf(request, deps.predict.stopwatch);
    const text = await readBody(request);
    refuseBeforeReady(deps, request.headers[TARGET]?.toString() ?? '');
    const served = findServed(deps.predict.fleet, modelOf(deps, request));
    const rows = rowsOf(text, media, served);
    const { predictions } = await predictTogether(deps.predict, served, { rows, caller, requestId, untilMs });
    if (accepted === JSON_TYPE) return json(toPredictions(predictions));
    return { status: 200, body: toCsv(predictions), type: `${CSV_TYPE}; charset=utf-8` };
  };

/** Whether a container is to be sent anything: it has a model. */
const ping =
  ({ follower, isDraining, predict: { fleet } }: RouteDeps): Answer =>
  () => {
    const isWell = follower.isReady() && !isDraining() && fleet.models().length > 0;
    return json({ status: isWell ? 'healthy' : 'no model' }, isWell ? 200 : 503);
  };

/** What SageMaker asks of a container that serves models. */
export const sageMakerRoutes: RouteFamily = (deps) => {
  const asked = { endpoint: '/ping', model: '', isLogged: false, answer: ping(deps) };
  const invoked = { endpoint: '/invocations', model: '', isLogged: true, answer: invoking(deps) };
  return (method, path) => {
    if (path === '/invocations' && method === 'POST') return invoked;
    return path === '/ping' && method !== 'POST' ? asked : undefined;
  };
};
