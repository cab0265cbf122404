import type { IncomingMessage, ServerResponse } from 'node:http';

interface Watched {
  readonly response: ServerResponse;
  readonly untilMs: number;
}

export interface SlowBodies {
  /** Gives a body so long to come, from now on. */
  watch(request: IncomingMessage, response: ServerResponse): void;
  /** To be called when an exchange is over; a body that still comes stays watched. */
  release(request: IncomingMessage): void;
  /** Must be called when the server closes. */
  stop(): void;
}

/** What a refused body is read on for, unkept, so that its sender hears why; beyond it the connection closes. */
const MOST_SWALLOWED_BYTES = 64 * 1_024 * 1_024;

/** A body that nobody asked for must not hold up the next request of its connection. */
export const swallow = (request: IncomingMessage): void => {
  if (request.complete || request.closed) return;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_SWALLOWED_BYTES) request.destroy();
  });
  request.resume();
};

const isHere = (request: IncomingMessage): boolean => request.complete || request.closed;

const giveUp = (request: IncomingMessage, { response }: Watched): void => {
  if (!response.headersSent) request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  request.socket.destroySoon();
};

/**
 * Gives up bodies that are too slow: the server's own limit would be one for uploads too. One look at all of them now
 * and then costs less than a timer for each.
 */
export const slowBodies = (bodyMs: number): SlowBodies => {
  const all = new Map<IncomingMessage, Watched>();
  const look = (): void => {
    const now = performance.now();
    for (const [request, watched] of all) {
      if (!isHere(request) && watched.untilMs > now) continue;
      all.delete(request);
      if (!isHere(request)) giveUp(request, watched);
    }
  };
  const timer = setInterval(look, Math.min(1_000, Math.max(10, bodyMs / 10)));
  timer.unref();
  return {
    watch: (request, response) => {
      all.set(request, { response, untilMs: performance.now() + bodyMs });
    },
    release: (request) => {
      if (isHere(request)) all.delete(request);
    },
    stop: () => clearInterval(timer),
  };
};
