import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends what is buffered. `late` comes when it should give up, a little before it is cut off. */
export type Finisher = (late: Promise<unknown>) => Promise<unknown>;

export interface DrainLimits {
  /** How long requests under way may take to end, milliseconds. */
  readonly requestsMs: number;
  /** When finishers are told that they are late, milliseconds. */
  readonly lateMs: number;
  /** When finishers are cut off, milliseconds. */
  readonly cutOffMs: number;
}

// A task has 10 s from SIGTERM.
const LIMITS: DrainLimits = { requestsMs: 4_000, lateMs: 3_500, cutOffMs: 5_000 };

/** A wait that keeps no process alive. */
const after = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { ref: false });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    // Kept-alive connections without a request would hold the server open.
    server.closeIdleConnections();
  });

/** Ends a task within 10 s: no new connection, requests under way end, what is buffered goes out. */
export const drain = async (server: Server, finishers: readonly Finisher[], limits = LIMITS): Promise<void> => {
  await Promise.race([closed(server), after(limits.requestsMs)]);
  server.closeAllConnections();
  const late = after(limits.lateMs);
  await Promise.race([Promise.all(finishers.map((finish) => finish(late))), after(limits.cutOffMs)]);
};
