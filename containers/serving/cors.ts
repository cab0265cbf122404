import type { IncomingMessage } from 'node:http';
import { servingHeaders } from '#contracts/serving.ts';
import type { Reply } from './reply.ts';

type Headers = Readonly<Record<string, string>>;

export interface Cors {
  /** What a browser asks before it asks; undefined for a request that is none of that. */
  preflight(request: Pick<IncomingMessage, 'method' | 'headers'>): Reply | undefined;
  /** What lets a page of another origin read a reply. */
  headers(request: Pick<IncomingMessage, 'headers'>): Headers;
}

const nothing: Headers = {};
const DAY_SECONDS = '86400';

const preflightHeaders: Headers = {
  'access-control-allow-methods': 'GET, POST, PUT, OPTIONS',
  'access-control-allow-headers': `authorization, content-type, content-encoding, inference-header-content-length, ${Object.values(servingHeaders).join(', ')}`,
  'access-control-max-age': DAY_SECONDS,
};

const EXPOSED = `${servingHeaders.correlation}, inference-header-content-length, retry-after`;

/**
 * Pages of these origins may ask from a browser: "*" for all. Without any nothing is said of origins at all.
 * @example corsOf(['https://app.example.com']).headers(request)
 */
export const corsOf = (origins: readonly string[]): Cors => {
  const isAll = origins.includes('*');
  const allowed = (origin: string | undefined): Headers => {
    if (origin === undefined || !(isAll || origins.includes(origin))) return nothing;
    return {
      'access-control-allow-origin': isAll ? '*' : origin,
      'access-control-expose-headers': EXPOSED,
      ...(!isAll && { vary: 'origin, accept-encoding' }),
    };
  };
  return {
    headers: ({ headers: { origin } }) => (origin === undefined ? nothing : allowed(origin)),
    preflight: ({ method, headers }) => {
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
      const isAllowed = allowed(headers.origin) !== nothing;
      // The reply's own headers say for whom; a refusal says nothing and the browser gives up.
      return { status: 204, body: '', headers: isAllowed ? preflightHeaders : {} };
    },
  };
};
