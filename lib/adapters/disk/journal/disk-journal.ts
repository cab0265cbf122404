import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal, Notice } from '#core/serving/index.ts';
import { closedSegments } from './disk-segments.ts';
import { LineBuffer } from './line-buffer.ts';
import { CLOSED, OPEN } from './segment-names.ts';

export interface DiskJournalOptions {
  /** Of this process alone. */
  readonly folder: string;
  /** A name that sorts after all given before. */
  readonly nextName: () => string;
  readonly notice: Notice;
  /** A segment is closed when it is so large. @default 4 MiB */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 4 * 1_024 * 1_024;
/** What a turn writes at once. */
const TURN_BYTES = 1_024 * 1_024;
/** With so many closed segments waiting there is no hurry to close another: small files would only pile up. */
const ENOUGH_CLOSED = 8;
const UNHURRIED_MS = 30_000;

interface Open {
  readonly name: string;
  readonly descriptor: number;
  readonly sinceMs: number;
  bytes: number;
}

/** A disk that fills up takes a part first, and says so only when asked again. */
const writeAll = (descriptor: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
};

/** Journal as files: one is open, each line in it is the operating system's when `append` returns. */
export class DiskJournal implements Journal {
  readonly #options: Required<DiskJournalOptions>;
  readonly #buffer = new LineBuffer(TURN_BYTES);
  #open: Open | undefined;
  /** Bytes in closed segments when they were last measured, and in those closed since. */
  #closedBytes = 0;
  #closed = 0;
  /** Whole, but the disk would not give them their name. */
  readonly #unnamed = new Set<string>();
  /** Length of files that hold more than they should, until they could be cut. */
  readonly #cutAt = new Map<string, number>();

  constructor(options: DiskJournalOptions) {
    this.#options = { segmentBytes: SEGMENT_BYTES, ...options };
  }

  append(lines: readonly string[]): void {
    const open = this.#open ?? this.#start();
    let written = 0;
    try {
      for (const bytes of this.#buffer.fill(lines)) {
        writeAll(open.descriptor, bytes);
        written += bytes.length;
      }
      open.bytes += written;
    } catch (error) {
      this.#takeBack(open);
      throw error;
    }
    if (open.bytes >= this.#options.segmentBytes) this.close();
  }

  bytes(): number {
    return this.#closedBytes + (this.#open?.bytes ?? 0);
  }

  /** Closes what is being written, so that it can be shipped. */
  close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#closedBytes += open.bytes;
    this.#closed += 1;
    this.#unnamed.add(open.name);
    this.#rename(open.name);
    try {
      closeSync(open.descriptor);
    } catch (error) {
      // Every line was written and told: nobody is to write it again.
      this.#options.notice('ledger segment not closed', { segment: open.name, reason: String(error) });
    }
  }

  /** To be called about every second: closes what is old enough and measures what waits. Never throws. */
  async beat(): Promise<void> {
    const { folder, notice } = this.#options;
    try {
      for (const name of this.#unnamed) this.#rename(name);
      const isUnhurried = this.#closed >= ENOUGH_CLOSED;
      if (this.#open && (!isUnhurried || performance.now() - this.#open.sinceMs > UNHURRIED_MS)) this.close();
      const [closedBytes, closed] = [this.#closedBytes, this.#closed];
      const segments = await closedSegments(folder);
      // What was closed meanwhile may have been seen or not: counted twice for a second, it does no harm.
      this.#closedBytes += segments.reduce((sum, { bytes }) => sum + bytes, 0) - closedBytes;
      this.#closed += segments.length - closed;
    } catch (error) {
      notice('ledger journal not measured', { reason: String(error) });
    }
  }

  #start(): Open {
    const { folder, nextName } = this.#options;
    const name = nextName();
    mkdirSync(folder, { recursive: true });
    const descriptor = openSync(join(folder, `${name}${OPEN}`), 'ax');
    this.#open = { name, descriptor, sinceMs: performance.now(), bytes: 0 };
    return this.#open;
  }

  /** Nobody was told that these lines are safe. */
  #takeBack(open: Open): void {
    try {
      ftruncateSync(open.descriptor, open.bytes);
    } catch {
      // Something may stand there now that is not to be shipped, and no other line may follow it.
      this.#cutAt.set(open.name, open.bytes);
      this.close();
    }
  }

  /** What cannot be named now is tried again at each beat; should that not help, the next process adopts it. */
  #rename(name: string): void {
    const { folder, notice } = this.#options;
    try {
      const bytes = this.#cutAt.get(name);
      if (bytes !== undefined) truncateSync(join(folder, `${name}${OPEN}`), bytes);
      this.#cutAt.delete(name);
      renameSync(join(folder, `${name}${OPEN}`), join(folder, `${name}${CLOSED}`));
      this.#unnamed.delete(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#unnamed.delete(name);
      notice('ledger segment not closed', { segment: name, reason: String(error) });
    }
  }
}
