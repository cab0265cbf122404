import type { LedgerRecord } from '#contracts/serving.ts';
import { send, toLine } from './ledger-lines.ts';
import type { Ledger, LedgerStream, LineSpool, Notice, Stopwatch } from './ports.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface LedgerQueueDeps {
  readonly stream: LedgerStream;
  readonly spool: LineSpool;
  readonly stopwatch: Stopwatch;
  /** 0 to 1, spreads retries of many tasks. */
  readonly random: () => number;
  readonly notice: Notice;
}

/** So many records wake the queue before its second is over. */
const FLUSH_AT_RECORDS = 500;
/** Beyond this an outage is kept on disk, not in memory. */
const MOST_IN_MEMORY = 5_000;
/** When not even the disk takes records, the newest so many are kept. */
const MOST_WITHOUT_DISK = 50_000;
const SPOOL_AFTER_FAILURES = 3;

/** Buffers the ledger: nothing waits for it, an outage costs neither memory nor records. */
export class LedgerQueue implements Ledger {
  readonly #deps: LedgerQueueDeps;
  #lines: string[] = [];
  /** Lines of the call under way. */
  #inFlight: readonly string[] = [];
  #failures = 0;
  #notBeforeMs = 0;
  #flushing: Promise<void> | undefined;

  constructor(deps: LedgerQueueDeps) {
    this.#deps = deps;
  }

  add(record: LedgerRecord): void {
    if (this.#lines.push(toLine(record)) % FLUSH_AT_RECORDS === 0) void this.flush();
  }

  /** Records in memory. */
  waiting(): number {
    return this.#lines.length;
  }

  /** Sends what waits, then what waits on disk. To be called about every second; never throws. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushOnce().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /**
   * Last flush of a process: what the stream did not take goes to disk. `late` says that a stream which hangs has had
   * its time; a record may then be sent twice, but none is lost.
   */
  async drain(late: Promise<unknown>): Promise<void> {
    await Promise.race([this.#flushAgain(), late]);
    this.#lines = [...this.#inFlight, ...this.#lines];
    await this.#toDisk();
  }

  /** One flush may be under way with what there was at its start. */
  async #flushAgain(): Promise<void> {
    await this.flush();
    this.#notBeforeMs = 0;
    await this.flush();
  }

  async #flushOnce(): Promise<void> {
    try {
      if (this.#deps.stopwatch.ms() >= this.#notBeforeMs) await this.#sendAll();
      if (this.#lines.length > MOST_IN_MEMORY || this.#failures >= SPOOL_AFTER_FAILURES) await this.#toDisk();
    } catch (error) {
      this.#deps.notice('ledger flush failed', { reason: String(error) });
    }
  }

  async #sendAll(): Promise<void> {
    const isTaken = await this.#sendWaiting();
    if (isTaken) await this.#sendSpooled();
  }

  async #sendWaiting(): Promise<boolean> {
    const taken = this.#lines;
    this.#lines = [];
    this.#inFlight = taken;
    const left = taken.length > 0 ? await this.#send(taken) : [];
    this.#inFlight = [];
    this.#lines = [...left, ...this.#lines];
    return left.length === 0;
  }

  async #sendSpooled(): Promise<void> {
    const { spool } = this.#deps;
    for (let oldest = await spool.oldest(); oldest; oldest = await spool.oldest()) {
      const left = await this.#send(oldest.lines);
      if (left.length === oldest.lines.length) return;
      // What was not taken is in memory now, so the disk may forget it.
      this.#lines = [...left, ...this.#lines];
      await oldest.remove();
      if (left.length > 0) return;
    }
  }

  /** Answers the lines that were not taken, and waits longer before the next try if there are any. */
  async #send(lines: readonly string[]): Promise<string[]> {
    const left = await send(this.#deps.stream, lines);
    this.#failures = left.length > 0 ? this.#failures + 1 : 0;
    if (left.length === 0) return left;
    const { stopwatch, random, notice } = this.#deps;
    this.#notBeforeMs = stopwatch.ms() + retryDelayMs(this.#failures) * (0.5 + random() / 2);
    if (this.#failures === 1) notice('ledger stream does not take records', { records: left.length });
    return left;
  }

  async #toDisk(): Promise<void> {
    const kept = this.#lines;
    this.#lines = [];
    try {
      if (kept.length > 0) await this.#deps.spool.append(kept);
    } catch (error) {
      this.#deps.notice('ledger not kept on disk', { records: kept.length, reason: String(error) });
      this.#lines = [...kept, ...this.#lines];
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const lost = this.#lines.length - MOST_WITHOUT_DISK;
    if (lost <= 0) return;
    this.#lines = this.#lines.slice(lost);
    this.#deps.notice('ledger records lost', { records: lost });
  }
}
