import type { IncomingMessage } from 'node:http';
import { CallerGone } from '../read-body.ts';

export interface Patience {
  /** A sender that is silent for so long while it is waited for has gone, milliseconds. */
  readonly silenceMs: number;
  /** A piece must come at this rate and so much later: who sends a byte now and then holds a place that others need. */
  readonly bytesPerSecond: number;
}
// A first piece of 8 MiB has some five minutes.
const PATIENCE: Patience = { silenceMs: 60_000, bytesPerSecond: 32 * 1_024 };

/**
 * A request's body in pieces of a wanted size. Only the piece asked for is in memory: while nobody asks, the socket is
 * not read, and the sender waits.
 */
export class PartReader {
  readonly #request: IncomingMessage;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #patience: Patience;
  #buffer: Buffer = Buffer.alloc(0);
  #rest: Buffer = Buffer.alloc(0);
  #isOver = false;

  constructor(request: IncomingMessage, patience: Patience = PATIENCE) {
    this.#request = request;
    this.#patience = patience;
    // Its end must leave the connection open, for the answer.
    this.#chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /** Whether the body is known to be over; after a whole piece that may come out with the next one alone, empty. */
  get isOver(): boolean {
    return this.#isOver && this.#rest.length === 0;
  }

  /** The next so many bytes, fewer at the end; the same memory each time. @throws CallerGone */
  async next(bytes: number): Promise<Buffer> {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafeSlow(bytes);
    const late = this.#begin(bytes);
    try {
      return await this.#fill(bytes);
    } finally {
      clearTimeout(late);
      this.#request.setTimeout(0);
    }
  }

  /** Lets go of the body, so that what is left of it can be read by others. */
  async release(): Promise<void> {
    this.#request.setTimeout(0);
    await this.#chunks.return?.();
  }

  /** Watches the sender, but not while a part is on its way, when it is not he who is slow. */
  #begin(bytes: number): NodeJS.Timeout {
    const { silenceMs, bytesPerSecond } = this.#patience;
    this.#request.setTimeout(silenceMs);
    return setTimeout(() => this.#request.destroy(), silenceMs + (bytes / bytesPerSecond) * 1_000);
  }

  async #fill(bytes: number): Promise<Buffer> {
    let filled = 0;
    while (filled < bytes && !this.isOver) {
      if (this.#rest.length === 0) this.#rest = await this.#chunk();
      const taken = this.#rest.copy(this.#buffer, filled, 0, Math.min(this.#rest.length, bytes - filled));
      this.#rest = this.#rest.subarray(taken);
      filled += taken;
    }
    return this.#buffer.subarray(0, filled);
  }

  async #chunk(): Promise<Buffer> {
    try {
      const { value, done } = await this.#chunks.next();
      this.#isOver = done === true;
      return done ? Buffer.alloc(0) : value;
    } catch {
      throw new CallerGone();
    }
  }
}
