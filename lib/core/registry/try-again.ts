import { isPlatformError } from '../shared/errors.ts';

// Each round at least one of the callers that met goes through, so this many bound about as many at once.
const ROUNDS = 60;

/** Reads and decides anew while someone else was faster. The store waits a moment before it says so. */
export const tryAgain = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let round = 1; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (round === ROUNDS || !isPlatformError(error) || error.code !== 'REVISION_CONFLICT') throw error;
    }
  }
};
