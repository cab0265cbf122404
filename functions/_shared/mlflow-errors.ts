import type { ErrorCode } from '#contracts/errors.ts';
import { isPlatformError } from '#core/shared/index.ts';
import { errorReply } from './http-error.ts';

/** MLflow's own names of errors; its clients know them and no others. */
export type MlflowErrorCode =
  | 'ENDPOINT_NOT_FOUND'
  | 'INTERNAL_ERROR'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_STATE'
  | 'NOT_IMPLEMENTED'
  | 'PERMISSION_DENIED'
  | 'REQUEST_LIMIT_EXCEEDED'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'UNAUTHENTICATED';

/** An answer that MLflow's server gives and the platform has no code for. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
  readonly errorCode: MlflowErrorCode;
  readonly status: number;
  constructor(errorCode: MlflowErrorCode, message: string, status = 400) {
    super(message);
    this.errorCode = errorCode;
    this.status = status;
  }
}

type Dialect = readonly [MlflowErrorCode, number];
// Those that are more than bad input; a lost race (REVISION_CONFLICT) is one that the client may try again.
const dialect: Partial<Record<ErrorCode, Dialect>> = {
  BODY_TOO_LARGE: ['INVALID_PARAMETER_VALUE', 413],
  UNAUTHENTICATED: ['UNAUTHENTICATED', 401],
  PERMISSION_DENIED: ['PERMISSION_DENIED', 403],
  ROUTE_NOT_FOUND: ['ENDPOINT_NOT_FOUND', 404],
  REVISION_CONFLICT: ['TEMPORARILY_UNAVAILABLE', 503],
  RATE_LIMITED: ['REQUEST_LIMIT_EXCEEDED', 429],
  UNAVAILABLE: ['TEMPORARILY_UNAVAILABLE', 503],
  INTERNAL: ['INTERNAL_ERROR', 500],
};

const dialectOf = (code: ErrorCode): Dialect => {
  const own = dialect[code];
  if (own) return own;
  if (code.endsWith('_NOT_FOUND')) return ['RESOURCE_DOES_NOT_EXIST', 404];
  if (code.endsWith('_EXISTS')) return ['RESOURCE_ALREADY_EXISTS', 400];
  return ['INVALID_PARAMETER_VALUE', 400];
};

export interface MlflowErrorReply {
  readonly statusCode: number;
  readonly body: { readonly error_code: MlflowErrorCode; readonly message: string };
}

/** Status and body of an error as MLflow's server writes them; bad input is never a 5xx, which clients send again. */
export const mlflowErrorReply = (error: unknown, requestId: string): MlflowErrorReply => {
  if (error instanceof MlflowError)
    return { statusCode: error.status, body: { error_code: error.errorCode, message: error.message } };
  const { error: known } = errorReply(error, requestId).body;
  const [error_code, statusCode] = dialectOf(known.code);
  return { statusCode, body: { error_code, message: known.message } };
};

/**
 * Does the work; an error of one of these codes is told as MLflow's server tells it in this place.
 * @example await inMlflowTerms(() => versionByAlias(…), { ALIAS_NOT_FOUND: 'INVALID_PARAMETER_VALUE' })
 */
export const inMlflowTerms = async <T>(
  work: () => Promise<T>,
  terms: Partial<Record<ErrorCode, MlflowErrorCode>>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const errorCode = isPlatformError(error) ? terms[error.code] : undefined;
    if (errorCode === undefined) throw error;
    throw new MlflowError(errorCode, (error as Error).message, errorCode === 'RESOURCE_DOES_NOT_EXIST' ? 404 : 400);
  }
};
