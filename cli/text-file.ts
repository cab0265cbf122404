import { readFileSync } from 'node:fs';
import { fileFailure } from './file-failure.ts';

/** Text of a file that a person named. @throws INVALID_REQUEST when it cannot be read */
export const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileFailure(error) ?? error;
  }
};
