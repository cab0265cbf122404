import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalStageError } from './errors.ts';

/** A call that fails because the emulator is gone fails a moment before its end is noticed. */
const NOTICED_WITHIN_MS = 500;

/**
 * Waits for `work`, but not beyond the emulator's end: that is thrown instead of whatever the work made of it.
 * @example await whileAlive(emulator.died, platform.deploy())
 */
export const whileAlive = async <T>(died: Promise<LocalStageError>, work: Promise<T>): Promise<T> => {
  const end = died.then((reason) => {
    throw reason;
  });
  try {
    return await Promise.race([work, end]);
  } catch (error) {
    throw await Promise.race([died, sleep(NOTICED_WITHIN_MS, error)]);
  }
};
