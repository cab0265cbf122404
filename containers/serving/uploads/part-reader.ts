import type { IncomingMessage } from 'node:http';
import { CallerGone } from '../read-body.ts';

/** A sender that is silent for so long while it is waited for has gone, milliseconds. */
const SILENCE_MS = 60_000;

/**
 * A request's body in pieces of a wanted size. Only the piece asked for is in memory: while nobody asks, the socket is
 * not read, and the sender waits.
 */
export class PartReader {
  readonly #request: IncomingMessage;
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);
  #rest: Buffer = Buffer.alloc(0);
  #isOver = false;

  constructor(request: IncomingMessage) {
    this.#request = request;
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
    let filled = 0;
    // Not while a part is on its way, when it is not the sender who is slow.
    this.#request.setTimeout(SILENCE_MS);
    while (filled < bytes && !this.isOver) {
      if (this.#rest.length === 0) this.#rest = await this.#chunk();
      const taken = this.#rest.copy(this.#buffer, filled, 0, Math.min(this.#rest.length, bytes - filled));
      this.#rest = this.#rest.subarray(taken);
      filled += taken;
    }
    this.#request.setTimeout(0);
    return this.#buffer.subarray(0, filled);
  }

  /** Lets go of the body, so that what is left of it can be read by others. */
  async release(): Promise<void> {
    this.#request.setTimeout(0);
    await this.#chunks.return?.();
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
