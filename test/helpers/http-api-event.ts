import { Buffer } from 'node:buffer';
import { callerContext } from '#contracts/routes.ts';

export interface HttpCall {
  readonly method: string;
  /** Path and query, as they are sent: encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  /** What the authorizer would say; null where none stands. */
  readonly caller?: { readonly id: string; readonly role: string } | null;
  /** Stands in front of the path when it is not $default. */
  readonly stage?: string;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml))/i;

/** API Gateway decodes every escape but that of the percent sign. */
const decodedPath = (path: string): string =>
  path.replace(/(%(?!25)[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());

/** Bodies of text types come as text, others as base64. */
const bodyOf = (body: string | Buffer | undefined, type: string | undefined) => {
  if (body === undefined || body.length === 0) return { isBase64Encoded: false };
  const isText = type !== undefined && TEXT.test(type);
  return { body: Buffer.from(body).toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
};

/** An HTTP API event (payload 2.0), as API Gateway makes it of a request behind the authorizer. */
export const httpApiEvent = (call: HttpCall) => {
  const { method, url, headers = {}, caller = { id: 'ann', role: 'admin' }, stage = '$default' } = call;
  const [path = '', ...query] = url.split('?');
  const rawPath = `${stage === '$default' ? '' : `/${stage}`}${decodedPath(path)}`;
  const lambda = caller && { [callerContext.id]: caller.id, [callerContext.role]: caller.role };
  return {
    version: '2.0',
    routeKey: 'ANY /{proxy+}',
    rawPath,
    rawQueryString: query.join('?'),
    headers,
    requestContext: {
      requestId: 'request-1',
      stage,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      ...(lambda && { authorizer: { lambda } }),
    },
    ...bodyOf(call.body, headers['content-type']),
  };
};
