import { setTimeout as sleep } from 'node:timers/promises';

/** Waits longer each time, and never the same for two callers that met. */
export const backOff = (attempt: number): Promise<void> => sleep(Math.random() * Math.min(20 * 2 ** attempt, 1_000));
