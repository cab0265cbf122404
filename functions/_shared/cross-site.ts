import { PlatformError } from '#core/shared/index.ts';

interface Sent {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN = new Set(['same-origin', 'none']);
// What any page of the web may send without being asked whether it may: these three, and bytes of no declared type.
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

const isForged = ({ method, headers }: Sent): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return !OWN.has(site);
  const type = headers['content-type'];
  return method === 'POST' && (type === undefined || FORM.test(type));
};

/**
 * Once somebody has signed in, a browser adds the key (Basic) to whatever any page of the web sends here. So a change
 * asked for that way must come from our own page: browsers say where a request comes from, and older ones ask before
 * they send JSON, which is refused to pages of other origins. Bearer keys are added by programs alone.
 * @throws PERMISSION_DENIED
 */
export const refuseForged = (sent: Sent): void => {
  if (SAFE.has(sent.method) || !/^basic /i.test(sent.headers.authorization ?? '') || !isForged(sent)) return;
  throw new PlatformError(
    'PERMISSION_DENIED',
    `a ${sent.method} with a key that a browser remembers must come from this address's own page; programs send ` +
      'Content-Type: application/json, or the key as Authorization: Bearer mlp_…',
  );
};
