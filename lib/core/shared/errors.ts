import type { ErrorCode } from '#contracts/errors.ts';

export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * Every refusal of the platform: a stable code, a sentence (what, the value, what is allowed, the remedy) and facts.
 * Step Functions sees `name`, so it is the code too.
 * @example throw new PlatformError('VERSION_NOT_FOUND', 'churn has no version 9; its newest is 3', { version: 9 })
 */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
    this.name = code;
  }
}

/** Recognised by shape, so that errors from another copy of this module still agree. */
export const isPlatformError = (error: unknown): error is PlatformError =>
  error instanceof Error && typeof (error as Partial<PlatformError>).code === 'string' && 'details' in error;
