import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';
import type { z } from 'zod';
import type { Caller, Route } from '#contracts/routes.ts';
import { PlatformError, shownProblems } from '#core/shared/index.ts';
import { callerOf } from './caller.ts';
import { refuseForged } from './cross-site.ts';
import { bodyBytes, boundedBody, isJsonType, parseBody } from './http-body.ts';
import { shownJson } from './json.ts';

export type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Record<string, string> | null>;

/** Names of the {parameters} of a path. @example PathNames<'/models/{name}/x'> // 'name' */
export type PathNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;
type Parsed<T> = T extends z.ZodType ? z.infer<T> : undefined;
type PathOf<R extends Route> = R extends { params: infer P }
  ? Omit<Record<PathNames<R['path']>, string>, keyof Parsed<P>> & Parsed<P>
  : Record<PathNames<R['path']>, string>;

/** What a handler gets: everything in it has passed the route's contract. */
export interface HttpRequest<R extends Route> {
  readonly path: PathOf<R>;
  readonly query: R extends { query: infer Q } ? Parsed<Q> : undefined;
  readonly body: R extends { body: infer B } ? Parsed<B> : undefined;
  readonly caller: Caller;
  readonly requestId: string;
}

const SHOWN_CHARACTERS = 80;

const seen = (input: unknown, path: readonly PropertyKey[]): string => {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null)?.[key], input);
  return value === undefined ? 'nothing' : shownJson(value, SHOWN_CHARACTERS);
};

/** @throws INVALID_REQUEST that lists the problems with the value seen */
const parsePart = (schema: z.ZodType, input: unknown, part: string): unknown => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    at: [part, ...issue.path.map(String)].join('.'),
    message: `${issue.message}, got ${seen(input, issue.path)}`,
  }));
  const { sentences, details } = shownProblems(problems, ({ at, message }) => `${at}: ${message}`);
  throw new PlatformError('INVALID_REQUEST', sentences.join('; '), details);
};

const readJson = (event: HttpEvent): unknown => {
  const bytes = boundedBody(bodyBytes(event));
  if (bytes.byteLength === 0) return {};
  const contentType = event.headers['content-type'] ?? 'application/json';
  if (!isJsonType(contentType))
    throw new PlatformError('INVALID_REQUEST', `Content-Type must be application/json, got "${contentType}"`);
  return parseBody(bytes);
};

// rawQueryString, since API Gateway joins repeated parameters with commas, which values may hold too.
const readQuery = (event: HttpEvent): Record<string, string | string[]> => {
  const params = new URLSearchParams(event.rawQueryString);
  const entries = [...new Set(params.keys())].map((name) => {
    const all = params.getAll(name);
    return [name, all.length > 1 ? all : (all[0] ?? '')];
  });
  return Object.fromEntries(entries) as Record<string, string | string[]>;
};

/** A request as the route's contract reads it. Who calls is decided before anything of the body is looked at. */
export const readRequest = <R extends Route>(route: R, event: HttpEvent): HttpRequest<R> => {
  const caller = callerOf(event.requestContext.authorizer?.lambda, route.role);
  refuseForged({ method: route.method, headers: event.headers });
  const texts = event.pathParameters ?? {};
  const params = route.params ? (parsePart(route.params, texts, 'path') as object) : {};
  return {
    path: { ...texts, ...params },
    query: route.query && parsePart(route.query, readQuery(event), 'query'),
    body: route.body && parsePart(route.body, readJson(event), 'body'),
    caller,
    requestId: event.requestContext.requestId,
  } as HttpRequest<R>;
};
