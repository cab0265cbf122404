import type { ALBEvent } from 'aws-lambda';
import { bodyBytes } from './http-body.ts';
import type { HttpEvent } from './http-request.ts';
import { factsOf, type KeyCheck } from './key-check.ts';
import { callOfHttpApi, type MlflowCall, withoutBase } from './mlflow-call.ts';

/** A load balancer lets 1 MB of a function's answer through, written as JSON with its body in base64. */
const BALANCER_BODY_BYTES = 700_000;

type Values = Readonly<Record<string, string | undefined>>;
type Lists = Readonly<Record<string, string[] | undefined>>;

const headersOf = ({ headers = {}, multiValueHeaders = {} }: ALBEvent): Values => ({
  ...headers,
  ...Object.fromEntries(Object.entries(multiValueHeaders as Lists).map(([name, values = []]) => [name, values[0]])),
});

/** Names and values come as they were sent, still encoded. */
const queryOf = ({ queryStringParameters = {}, multiValueQueryStringParameters }: ALBEvent): string => {
  const single = Object.entries(queryStringParameters as Values).map(([name, value]) => [name, [value ?? '']] as const);
  const pairs = multiValueQueryStringParameters ? Object.entries(multiValueQueryStringParameters as Lists) : single;
  return pairs.flatMap(([name, values = []]) => values.map((value) => `${name}=${value}`)).join('&');
};

/** The path comes as it was sent; one that is not encoded at all (a lone %) is taken as it is. */
const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** The call in a load balancer's event, where no authorizer stands before: the key is looked at here. */
const callOfBalancer = async (event: ALBEvent, check: KeyCheck): Promise<MlflowCall> => {
  const headers = headersOf(event);
  return {
    method: event.httpMethod,
    path: withoutBase(decodedPath(event.path)),
    rawQuery: queryOf(event),
    headers,
    body: bodyBytes({ body: event.body ?? undefined, isBase64Encoded: event.isBase64Encoded }),
    caller: factsOf(await check(headers.authorization)),
    requestId: headers['x-amzn-trace-id'] ?? '',
    mostAnswerBytes: BALANCER_BODY_BYTES,
  };
};

const isBalancerEvent = (event: HttpEvent | ALBEvent): event is ALBEvent => 'elb' in event.requestContext;

/** Reads the events of both: of an HTTP API behind the authorizer, and of a load balancer. */
export const callOfEither =
  (check: KeyCheck) =>
  (event: HttpEvent | ALBEvent): MlflowCall | Promise<MlflowCall> =>
    isBalancerEvent(event) ? callOfBalancer(event, check) : callOfHttpApi(event);
