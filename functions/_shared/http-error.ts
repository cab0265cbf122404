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

const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const MOST_NAME_CHARACTERS = 128;

/** Where in a request something is wrong: of each problem the field, and of rows the number. An unknown name is the caller's own. */
const placeOf = ({ code, details }: PlatformError) => {
  const { field, fields, problems, row } = details;
  const places = listOf(problems).map((problem) => (problem as { readonly at?: unknown } | null)?.at);
  const all = code === 'FIELD_UNKNOWN' ? [] : [field, ...listOf(fields), ...places];
  const named = all.filter(isText).map((name) => name.slice(0, MOST_NAME_CHARACTERS));
  return { ...(named.length > 0 && { fields: named }), ...(typeof row === 'number' && { row }) };
};

/**
 * Status and body of an error; what is the platform's own fault is logged with its cause. Of a refusal the log has the
 * code and the place, never the sentence: that quotes what was sent, such as the id of a person, and the caller has it.
 */
export const errorReply = (error: unknown, requestId: string): ErrorReply => {
  const known = asPlatformError(error);
  const { code, message, details } = known;
  const statusCode = httpStatus[code];
  if (statusCode >= 500) logger.error(message, { error: error as Error });
  else logger.info('refused', { code, ...placeOf(known) });
  const facts = Object.keys(details).length > 0 && { details: { ...details } };
  return { statusCode, body: { error: { code, message, ...facts, requestId } } };
};
