import type { ErrorCode } from '#contracts/errors.ts';

/** HTTP status of each refusal that serving gives; any other code is a fault of the platform. */
export const servingStatus: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_REQUEST: 400,
  FIELD_MISSING: 400,
  FIELD_TYPE_WRONG: 400,
  FIELD_UNKNOWN: 400,
  FIELD_OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  ROUTE_NOT_FOUND: 404,
  MODEL_NOT_SERVED: 404,
  ENTITY_NOT_FOUND: 404,
  TENSOR_INVALID: 400,
  EXPLANATION_MISSING: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  QUEUE_FULL: 429,
  DEADLINE_EXCEEDED: 504,
  LEDGER_FULL: 503,
  UNAVAILABLE: 503,
};

/** @example statusOf('ENTITY_NOT_FOUND') // 404 */
export const statusOf = (code: ErrorCode): number => servingStatus[code] ?? 500;

/** Whether the platform failed, not the caller: such errors count against a version. */
export const isFault = (code: ErrorCode): boolean => statusOf(code) >= 500 && code !== 'DEADLINE_EXCEEDED';
