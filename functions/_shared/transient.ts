import { isPlatformError, PlatformError } from '#core/shared/errors.ts';
import { logger } from './logger.ts';

const PASSING_NAMES = new RegExp(
  [
    'Throttl',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'TooManyRequests',
    'SlowDown',
    'ServiceUnavailable',
    'InternalServer',
    'InternalError',
    'InternalFailure',
    'TransactionConflict',
    'TransactionInProgress',
    'TimeoutError',
    'RequestTimeout',
  ].join('|'),
);
const PASSING_CODES = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN)$/;

const passes = (error: Error): boolean =>
  PASSING_NAMES.test(error.name) ||
  PASSING_CODES.test(String((error as { code?: unknown }).code)) ||
  error.message === 'socket hang up';

/**
 * What passes by itself (a service that throttles, times out or hangs up) as UNAVAILABLE, which callers and state
 * machines try again; every other error as it came.
 */
export const foreseen = (error: unknown): unknown => {
  if (isPlatformError(error) || !(error instanceof Error) || !passes(error)) return error;
  logger.warn('a service behind the platform is busy', { error });
  const message = `a service behind the platform is busy (${error.name}); try again in a second`;
  return new PlatformError('UNAVAILABLE', message);
};
