import type { ErrorBody, ErrorCode } from '#contracts/errors.ts';
import { statusOf } from '#core/serving/index.ts';
import { isPlatformError } from '#core/shared/index.ts';

export interface Reply {
  readonly status: number;
  readonly body: string | Uint8Array;
  /** @default 'application/json' */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (content: unknown, status = 200): Reply => ({ status, body: JSON.stringify(content) });

const shortly: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'QUEUE_FULL', 'LEDGER_FULL']);

/** Whether the same request may do better in a second. */
const isWorthRetrying = (code: ErrorCode): boolean => shortly.has(code);

/** Seconds: as who refused says, else the next one. */
const retryAfter = (error: unknown): string => {
  const seconds = isPlatformError(error) ? error.details.retryAfterSeconds : undefined;
  return typeof seconds === 'number' ? String(seconds) : '1';
};

/** An error as the platform answers it. What is not a PlatformError tells the caller nothing of the inside. */
export const errorReply = (error: unknown, requestId: string): Reply => {
  const known = isPlatformError(error);
  const code = known ? error.code : 'INTERNAL';
  const message = known
    ? error.message
    : 'the prediction failed inside the platform; quote the request id to operators';
  const details = known && Object.keys(error.details).length > 0 ? { details: error.details } : {};
  const body: ErrorBody = { error: { code, message, ...details, requestId } };
  const reply = json(body, statusOf(code));
  return isWorthRetrying(code) ? { ...reply, headers: { 'retry-after': retryAfter(error) } } : reply;
};
