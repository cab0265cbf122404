import { ErrorBody } from '#contracts/errors.ts';

/** Answers of the gateway itself (no key, no such path, too many requests) come with a status alone. */
const codeOf = (status: number): string => {
  if (status === 401 || status === 403) return 'UNAUTHENTICATED';
  if (status === 404) return 'ROUTE_NOT_FOUND';
  return status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE';
};

const parseBody = (text: string): ErrorBody['error'] | undefined => {
  try {
    return ErrorBody.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
};

/** A refusal of the platform, with its stable code. */
export class PlatformRequestError extends Error {
  override readonly name = 'PlatformRequestError';
  /** HTTP status; 0 when nothing answered, or nothing was sent. */
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(status: number, error: { code: string; message: string; details?: Record<string, unknown> | undefined }) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.details = error.details ?? {};
  }

  static from(status: number, text: string): PlatformRequestError {
    const fallback = {
      code: codeOf(status),
      message: `HTTP ${status}: ${text.slice(0, 500)}`,
    };
    return new PlatformRequestError(status, parseBody(text) ?? fallback);
  }

  static unreachable(apiUrl: string, cause: unknown): PlatformRequestError {
    const reason =
      cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
    return new PlatformRequestError(0, {
      code: 'UNREACHABLE',
      message: `nothing answers at ${apiUrl} (${reason}); is the platform up? npm start brings it up here`,
    });
  }
}
