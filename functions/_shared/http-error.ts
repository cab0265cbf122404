import type { ErrorBody } from '#contracts/errors.ts';
import { isPlatformError, PlatformError } from '#core/shared/errors.ts';
import { httpStatus } from './http-status.ts';
import { logger } from './logger.ts';
import { foreseen } from './transient.ts';

/** What nobody foresaw says nothing about the inside. */
const asPlatformError = (error: unknown): PlatformError => {
  const known = foreseen(error);
  if (isPlatformError(known)) return known;
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
  // The logger keeps the name `message` for its own.
  else logger.info('refused', { code, reason: message });
  const facts = Object.keys(details).length > 0 && { details: { ...details } };
  return { statusCode, body: { error: { code, message, ...facts, requestId } } };
};
