import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 100;

/** Does the work; again, a few times and each later than the last, while its outcome is one that passes by itself. */
export const tryAgain = async <T>(work: () => Promise<T>, passes: (outcome: T) => boolean): Promise<T> => {
  let outcome = await work();
  for (let tried = 1; tried < ATTEMPTS && passes(outcome); tried++) {
    await sleep(FIRST_WAIT_MS * 2 ** tried * (0.5 + Math.random()));
    outcome = await work();
  }
  return outcome;
};
