import { isPlatformError } from '#core/shared/errors.ts';
import { PlatformRequestError } from '#sdk/index.ts';
import { fileFailure } from './file-failure.ts';

/** Says what went wrong on stderr, code first, and ends with exit code 1. */
export const reportFailure = (failure: unknown): void => {
  const error = fileFailure(failure) ?? failure;
  const code = error instanceof PlatformRequestError || isPlatformError(error) ? `${error.code}: ` : '';
  console.error(`${code}${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
};
