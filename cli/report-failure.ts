import { isPlatformError } from '#core/shared/errors.ts';
import { PlatformRequestError } from '#sdk/index.ts';

/** Says what went wrong on stderr, code first, and ends with exit code 1. */
export const reportFailure = (error: unknown): void => {
  const code = error instanceof PlatformRequestError || isPlatformError(error) ? `${error.code}: ` : '';
  console.error(`${code}${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
};
