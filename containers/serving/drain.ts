import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends what is buffered. `late` comes when it should give up, a little before it is cut off. */
export type Finisher = (late: Promise<unknown>) => Promise<unknown>;

export interface DrainLimits {
  /** How long new requests are still taken, though the task says that it is not ready, milliseconds. */
  readonly noticeMs: number;
  /** How long requests under way may take to end, milliseconds. */
  readonly requestsMs: number;
  /** When finishers are told that they are late, milliseconds. */
  readonly lateMs: number;
  /** When finishers are cut off, milliseconds. */
  readonly cutOffMs: number;
  /** How long threads and models may take to close, milliseconds. */
  readonly closeMs: number;
}

const MOST_NOTICE_MS = 5_000;

/**
 * Shares the time that a task has from SIGTERM, so that it is over a little before it is killed. A load balancer needs a
 * moment to see that a task leaves; what it sends meanwhile is answered.
 */
export const drainLimits = (seconds: number, noticeMs = Math.min(MOST_NOTICE_MS, seconds * 150)): DrainLimits => ({
  noticeMs,
  requestsMs: seconds * 300,
  lateMs: seconds * 300,
  cutOffMs: seconds * 400,
  closeMs: seconds * 50,
});

/** A wait that keeps no process alive. */
const after = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { ref: false });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    // Kept-alive connections without a request would hold the server open.
    server.closeIdleConnections();
  });

/** Ends a task: after its notice no new connection, requests under way end, what is buffered goes out. */
export const drain = async (server: Server, finishers: readonly Finisher[], limits: DrainLimits): Promise<void> => {
  if (limits.noticeMs > 0) await after(limits.noticeMs);
  await Promise.race([closed(server), after(limits.requestsMs)]);
  server.closeAllConnections();
  const late = after(limits.lateMs);
  await Promise.race([Promise.all(finishers.map((finish) => finish(late))), after(limits.cutOffMs)]);
};
