import type { MlflowRoute } from '#contracts/mlflow/wire.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { MlflowCall } from './mlflow-call.ts';
import { acceptsGzip } from './mlflow-reply.ts';

interface Asked {
  readonly message: unknown;
  readonly call: MlflowCall;
}
export interface TooLarge {
  readonly reply: object;
  readonly timesTooLarge: number;
}

/** How many results of so many are likely to fit, one at least. */
export const fewer = (count: number, timesTooLarge: number): number =>
  Math.max(1, Math.floor((count / timesTooLarge) * 0.8));

/** What a caller can do about an answer of which no part fits. */
export const tooLarge = (what: string, acceptEncoding: string | undefined): PlatformError => {
  const remedy = acceptsGzip(acceptEncoding)
    ? 'long texts belong in artifacts, which are read one by one'
    : 'send Accept-Encoding: gzip, which packs it';
  return new PlatformError('INVALID_REQUEST', `${what} is larger than 6 MB; ${remedy}`);
};

const rowsIn = (reply: object): number =>
  Math.max(0, ...Object.values(reply).map((field) => (Array.isArray(field) ? field.length : 0)));

/**
 * The message that asks again with fewer results, since what came does not fit; the page's token goes on from there.
 * Fewer than came, whatever was asked for.
 * @throws INVALID_REQUEST with what the caller can do, when there is nothing fewer to ask for
 */
export const smallerPage = (
  { request: fields = {} }: MlflowRoute,
  asked: Asked,
  { reply, timesTooLarge }: TooLarge,
) => {
  const message = asked.message as { readonly max_results?: unknown } | undefined;
  const acceptEncoding = asked.call.headers['accept-encoding'];
  if (!('max_results' in fields)) throw tooLarge('the answer', acceptEncoding);
  const most = message?.max_results;
  if (typeof most !== 'number')
    throw new PlatformError('INVALID_REQUEST', 'the answer is larger than 6 MB; ask for a part of it with max_results');
  const count = Math.min(most, rowsIn(reply));
  if (count <= 1) throw tooLarge('one result alone', acceptEncoding);
  return { ...message, max_results: fewer(count, timesTooLarge) };
};
