import { PlatformError } from '#core/shared/index.ts';
import type { Stopwatch } from './ports.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface BreakerOptions {
  /** What is asked, as its refusal names it. @example 'the online feature store' */
  readonly name: string;
  readonly stopwatch: Stopwatch;
  /** From 0 up to, without, 1. */
  readonly random: () => number;
  /** Failures in a row after which nothing more is asked. @default 5 */
  readonly mostFailures?: number;
}

/** One call every so often is no load, and what is back is soon used again. */
const MOST_WAIT_MS = 2_000;
/** Callers that were cut off together must not come back together. */
const LEAST_SHARE = 0.5;

/**
 * Spares what is away, and those who would wait for it: after some failures in a row nothing is asked for a while, then
 * one call tries. While it fails the wait grows, with jitter, to two seconds.
 * @example await breaker.ask(() => store.read(keys))
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  /** How often in a row it opened. */
  #openings = 0;
  #closedFromMs = 0;
  #isTrying = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Whether the last that is known of it is good. */
  isUp(): boolean {
    return this.#openings === 0;
  }

  /** Whether `ask` would ask now. */
  mayAsk(): boolean {
    if (this.isUp()) return true;
    return !this.#isTrying && this.#options.stopwatch.ms() >= this.#closedFromMs;
  }

  /** @throws {PlatformError} UNAVAILABLE without asking while it is away; what `work` throws */
  async ask<T>(work: () => Promise<T>): Promise<T> {
    if (!this.mayAsk()) throw this.#refusal();
    const isTry = !this.isUp();
    if (isTry) this.#isTrying = true;
    try {
      const found = await work();
      this.#failures = 0;
      this.#openings = 0;
      return found;
    } catch (error) {
      this.#failed(isTry);
      throw error;
    } finally {
      if (isTry) this.#isTrying = false;
    }
  }

  #failed(isTry: boolean): void {
    const { mostFailures = 5, stopwatch, random } = this.#options;
    this.#failures += 1;
    // Calls that were under way when it opened say nothing new.
    const opens = isTry || (this.isUp() && this.#failures >= mostFailures);
    if (!opens) return;
    this.#openings += 1;
    const share = LEAST_SHARE + (1 - LEAST_SHARE) * random();
    this.#closedFromMs = stopwatch.ms() + Math.min(MOST_WAIT_MS, retryDelayMs(this.#openings)) * share;
  }

  #refusal(): PlatformError {
    const seconds = Math.max(1, Math.ceil((this.#closedFromMs - this.#options.stopwatch.ms()) / 1_000));
    return new PlatformError(
      'UNAVAILABLE',
      `${this.#options.name} did not answer the last times; it is asked again in ${seconds} s: try again then`,
      { retryAfterSeconds: seconds },
    );
  }
}
