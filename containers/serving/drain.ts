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

/** Shares the time that a task has from SIGTERM, so that it is over a little before it is killed. */
export const drainLimits = (seconds: number): DrainLimits => ({
  requestsMs: seconds * 400,
  lateMs: seconds * 350,
  cutOffMs: seconds * 500,
});

/** A wait that keeps no process alive. */
const after = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { ref: false });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    // Kept-alive connections without a request would hold the server open.
    server.closeIdleConnections();
  });

/** Ends a task: no new connection, requests under way end, what is buffered goes out. */
export const drain = async (server: Server, finishers: readonly Finisher[], limits: DrainLimits): Promise<void> => {
  await Promise.race([closed(server), after(limits.requestsMs)]);
  server.closeAllConnections();
  const late = after(limits.lateMs);
  await Promise.race([Promise.all(finishers.map((finish) => finish(late))), after(limits.cutOffMs)]);
};
