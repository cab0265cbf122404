import { setPriority } from 'node:os';

/**
 * A thread with it has about a quarter of a core that is busy all the time: what shipping needs to keep up with answers of
 * single rows. At the lowest priority explanations would starve, the journal fill up, and predictions be refused.
 */
const LOWER_PRIORITY = 5;

/** Lets predictions go first where there is no core to spare: on Linux, for the calling thread alone. */
export const lowerPriority = (): void => {
  try {
    setPriority(LOWER_PRIORITY);
  } catch {
    // Not allowed everywhere, and nothing depends on it.
  }
};
