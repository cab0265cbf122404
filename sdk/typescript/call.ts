import type { z } from 'zod';
import type { Route, RouteTable } from '#contracts/routes.ts';
import { PlatformRequestError } from './errors.ts';
import { pathOf } from './path-of.ts';

/** The names in braces of a path: '/models/{name}' gives 'name'. */
type PathParameter<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

type PathPart<R extends Route> = [PathParameter<R['path']>] extends [never]
  ? unknown
  : { path: Record<PathParameter<R['path']>, string | number> };
type QueryPart<R extends Route> = R['query'] extends z.ZodType ? { query?: Partial<z.input<R['query']>> } : unknown;
type BodyPart<R extends Route> = R['body'] extends z.ZodType ? { body: z.input<R['body']> } : unknown;
export type CallArguments<R extends Route> = PathPart<R> & QueryPart<R> & BodyPart<R>;
export type Operations<T extends RouteTable> = {
  [K in keyof T]: (args: CallArguments<T[K]>) => Promise<z.output<T[K]['reply']>>;
};

export interface Connection {
  /** Base address of the platform, e.g. https://id.execute-api.eu-west-1.amazonaws.com */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch;
  /**
   * Tries of a request that was refused before it did anything (429), and of one that may be sent twice when the
   * platform was too busy for it (503) or never answered. Between two lies what `Retry-After` says, and a time by chance
   * that doubles. @default 4
   */
  readonly attempts?: number;
}

interface LooseArguments {
  readonly path?: Record<string, string | number>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
}

const addressOf = (apiUrl: string, route: Route, args: LooseArguments): string => {
  const path = pathOf(route, args.path);
  const given = Object.entries(args.query ?? {}).filter(([, value]) => value !== undefined);
  // A list is its name again and again, as the routes read it.
  const pairs = given.flatMap(([key, value]) => [value].flat().map((one): [string, string] => [key, String(one)]));
  const query = new URLSearchParams(pairs).toString();
  return `${apiUrl.replace(/\/$/, '')}${path}${query && `?${query}`}`;
};

const TOO_MANY = 429;
const UNAVAILABLE = 503;
const firstWaitMs = 200;
/** What says more is not waited for: the caller knows better what to do with a minute. */
const longestRetryAfterMs = 10_000;

/** The wait that a refusal asks for. */
const retryAfterMs = (answer: Response | undefined): number => {
  const seconds = Number(answer?.headers.get('retry-after') ?? 0);
  return seconds > 0 ? Math.min(seconds * 1_000, longestRetryAfterMs) : 0;
};

/** Full jitter on what was asked for: anything up to a wait that doubles. */
const pause = (attempt: number, answer: Response | undefined) => {
  const jitterMs = Math.random() * firstWaitMs * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, retryAfterMs(answer) + jitterMs));
};

const replyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (!response.ok) throw PlatformRequestError.from(response.status, text);
  return text ? JSON.parse(text) : undefined;
};

const isRepeatable = ({ method, repeatable = method === 'GET' }: Route): boolean => repeatable;

/** Whether the answer leaves room for another try: a write may have happened in spite of a 503. */
const isPassing = ({ status }: Response, route: Route): boolean =>
  status === TOO_MANY || (status === UNAVAILABLE && isRepeatable(route));

/** Sends one operation; only what surely had no effect, or may have it twice, is sent again. */
const send = async (connection: Connection, route: Route, args: LooseArguments): Promise<unknown> => {
  const { apiKey, fetch: request = globalThis.fetch, attempts = 4 } = connection;
  const init: RequestInit = {
    method: route.method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(args.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(args.body !== undefined && { body: JSON.stringify(args.body) }),
  };
  const url = addressOf(connection.apiUrl, route, args);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await request(url, init).catch((error: unknown) => {
      if (!isRepeatable(route) || attempt >= attempts) throw PlatformRequestError.unreachable(connection.apiUrl, error);
      return undefined;
    });
    if (answer && (!isPassing(answer, route) || attempt >= attempts)) return replyOf(answer);
    await pause(attempt, answer);
  }
};

/** One function an operation of the route table, typed by its contract. */
export const operations = <T extends RouteTable>(connection: Connection, routes: T): Operations<T> =>
  Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [name, (args: LooseArguments = {}) => send(connection, route, args)]),
  ) as unknown as Operations<T>;
