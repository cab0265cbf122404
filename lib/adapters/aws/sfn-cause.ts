const DEEPEST = 5;

const parsed = (text: string): { errorMessage?: unknown; Cause?: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The words of a failure: Lambda and an execution inside another wrap them in JSON, each its own way.
 * @example plainCause('{"errorMessage":"no rows","errorType":"TOO_FEW_ROWS"}') // 'no rows'
 */
export const plainCause = (cause: string, depth = 0): string => {
  const { errorMessage, Cause } = parsed(cause) ?? {};
  if (typeof errorMessage === 'string') return errorMessage;
  return typeof Cause === 'string' && depth < DEEPEST ? plainCause(Cause, depth + 1) : cause;
};
