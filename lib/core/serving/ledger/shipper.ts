import type { JournalSegment, LedgerStream, LedgerTally, Notice, Stopwatch } from '../ports.ts';
import { retryDelayMs } from '../retry-delay.ts';
import type { LineExplainer } from './explain-lines.ts';
import { hasMark } from './explain-mark.ts';
import { callsOf, countLines, linesOf, packetsOf, withinLimit } from './packets.ts';

export interface ShipperDeps {
  readonly stream: LedgerStream;
  readonly explainer: LineExplainer;
  readonly tally: LedgerTally;
  readonly stopwatch: Stopwatch;
  /** 0 to 1, spreads retries of many tasks. */
  readonly random: () => number;
  readonly notice: Notice;
  /** When so many bytes wait, lines go unexplained: rather that than refuse predictions. */
  readonly plainAboveBytes: number;
}

/** How far a segment is: the packets that are left of it. */
interface Progress {
  readonly name: string;
  readonly left: readonly string[];
}

/** Takes closed segments to the stream, oldest first. A segment goes when every one of its lines was taken. */
export class Shipper {
  readonly #deps: ShipperDeps;
  #progress: Progress | undefined;
  /** Taken whole, but the disk would not remove them. */
  readonly #done = new Set<string>();
  /** Of which was said already that something is wrong: they are tried several times a second. */
  readonly #told = new Set<string>();
  #failures = 0;
  #notBeforeMs = 0;
  /** Lines of the call that failed: it may have counted all the same. */
  #unsure = 0;

  constructor(deps: ShipperDeps) {
    this.#deps = deps;
    // Left by a thread that died in a call.
    this.#unsure = deps.tally.inFlight;
  }

  /** When it makes sense to try again, milliseconds from now. */
  waitMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#deps.stopwatch.ms());
  }

  /** Forgets the wait: for the last try of a process. */
  hurry(): void {
    this.#notBeforeMs = 0;
  }

  /**
   * Ships segments until the stream refuses; does nothing before its time. Never throws. `isPlain` has lines go as soon
   * as they can, unexplained.
   */
  async ship(segments: readonly JournalSegment[], isPlain: () => boolean = () => false): Promise<void> {
    let waiting = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    const { plainAboveBytes } = this.#deps;
    for (const segment of segments) {
      if (this.waitMs() > 0) return;
      await this.#shipOne(segment, () => isPlain() || waiting > plainAboveBytes);
      waiting -= segment.bytes;
    }
  }

  async #shipOne(segment: JournalSegment, isPlain: () => boolean): Promise<void> {
    try {
      if (!this.#done.has(segment.name)) await this.#sendOne(segment, isPlain);
      if (!this.#done.has(segment.name)) return;
      await segment.remove();
      this.#done.delete(segment.name);
      this.#told.delete(segment.name);
    } catch (error) {
      if (this.#told.has(segment.name)) return;
      this.#told.add(segment.name);
      this.#deps.notice('ledger segment not read or removed', { segment: segment.name, reason: String(error) });
    }
  }

  async #sendOne(segment: JournalSegment, isPlain: () => boolean): Promise<void> {
    const { packets, isChanged } = await this.#packetsOf(segment, isPlain);
    const left = await this.#send(packets);
    this.#progress = { name: segment.name, left };
    if (left.length === 0) this.#done.add(segment.name);
    // So that a crash neither explains nor sends again what was done.
    else if (isChanged || left.length < packets.length) await segment.keep(left.join(''));
  }

  async #packetsOf(segment: JournalSegment, isPlain: () => boolean) {
    if (this.#progress?.name === segment.name) return { packets: this.#progress.left, isChanged: false };
    const read = await segment.text();
    const text = await this.#explained(read, isPlain);
    const all = packetsOf(text);
    const packets = all.map(withinLimit).filter((packet) => packet !== undefined);
    // What does not go is one line, or it would have been cut.
    const lost = all.length - packets.length;
    if (lost > 0) this.#deps.notice('ledger records lost: longer than the stream takes', { records: lost });
    this.#deps.tally.lost += lost;
    return { packets, isChanged: text !== read || lost > 0 || packets.some((packet, index) => packet !== all[index]) };
  }

  /** Most segments ask for no explanation: they go as they lie on disk. */
  async #explained(text: string, isPlain: () => boolean): Promise<string> {
    if (!hasMark(text)) return text;
    return (await this.#deps.explainer.explain(linesOf(text), isPlain)).join('');
  }

  /** Answers the packets that were not taken, and waits longer before the next try if there are any. */
  async #send(packets: readonly string[]): Promise<readonly string[]> {
    const calls = callsOf(packets);
    for (const [index, call] of calls.entries()) {
      const left = await this.#put(call);
      if (left.length > 0) {
        this.#failed(left.length);
        return [...left, ...calls.slice(index + 1).flat()];
      }
      this.#failures = 0;
    }
    return [];
  }

  async #put(call: readonly string[]): Promise<readonly string[]> {
    const { tally, stream } = this.#deps;
    const count = countLines(call);
    tally.inFlight = count;
    try {
      const left = await stream.put(call);
      tally.delivered += count - countLines(left);
      tally.repeated += Math.min(this.#unsure, count);
      this.#unsure = 0;
      return left;
    } catch (error) {
      this.#unsure = Math.max(this.#unsure, count);
      if (this.#failures === 0) this.#deps.notice('ledger stream is away', { reason: String(error) });
      return call;
    } finally {
      tally.inFlight = 0;
    }
  }

  #failed(packets: number): void {
    const { stopwatch, random, notice } = this.#deps;
    this.#failures += 1;
    this.#notBeforeMs = stopwatch.ms() + retryDelayMs(this.#failures) * (0.5 + random() / 2);
    if (this.#failures === 1) notice('ledger stream does not take all records', { packets });
  }
}
