import type { ErrorBody } from '#contracts/errors.ts';
import { isPlatformError, PlatformError } from '#core/shared/errors.ts';
import { httpStatus } from './http-status.ts';
import { logger } from './logger.ts';

const BUSY =
  /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TooManyRequests|SlowDown|ServiceUnavailable|TimeoutError/;

/** A store that is busy passes by; what nobody foresaw says nothing about the inside. */
const asPlatformError = (error: unknown): PlatformError => {
  if (isPlatformError(error)) return error;
  if (error instanceof Error && BUSY.test(error.name))
    return new PlatformError('UNAVAILABLE', 'a service behind the platform is busy; try again in a second');
  return new PlatformError('INTERNAL', 'something went wrong inside the platform; its log has the request id');
};

export interface ErrorReply {
  readonly statusCode: number;
  readonly body: ErrorBody;
}

/** Status and body of an error; what is the platform's own fault is logged with its cause. */
export const errorReply = (error: unknown, requestId: string): ErrorReply => {
  const { code, message, details } = asPlatformError(error);
  const statusCode = httpStatus[code];
  if (statusCode >= 500) logger.error(message, { error: error as Error });
  else logger.info('refused', { code, message });
  const facts = Object.keys(details).length > 0 && { details: { ...details } };
  return { statusCode, body: { error: { code, message, ...facts, requestId } } };
};
