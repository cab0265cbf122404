import type { IncomingMessage } from 'node:http';
import { servingHeaders } from '#contracts/serving.ts';
import type { Stopwatch } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';

/** No caller waits longer, and a larger number is a mistake. */
const MOST_MS = 600_000;

/**
 * Until when the caller waits, on the stopwatch; undefined when it does not say.
 * @throws {PlatformError} INVALID_REQUEST
 */
export const untilMsOf = ({ headers }: Pick<IncomingMessage, 'headers'>, stopwatch: Stopwatch): number | undefined => {
  const given = headers[servingHeaders.timeout];
  if (given === undefined) return undefined;
  const milliseconds = typeof given === 'string' && /^\d{1,6}(\.\d{1,6})?$/.test(given) ? Number(given) : 0;
  if (milliseconds > 0 && milliseconds <= MOST_MS) return stopwatch.ms() + milliseconds;
  throw new PlatformError(
    'INVALID_REQUEST',
    `${servingHeaders.timeout} must be a number of milliseconds up to ${MOST_MS}, got "${String(given).slice(0, 80)}"; leave it out to wait as long as it takes`,
    { field: servingHeaders.timeout },
  );
};
