/** Takes ledger lines away for good. */
export interface LedgerStream {
  /** Answers the packets that were not taken; throws when none was. A packet is whole lines of JSON. */
  put(packets: readonly string[]): Promise<readonly string[]>;
}

/** A closed part of the journal: it stays until it is removed, also over a crash. */
export interface JournalSegment {
  readonly name: string;
  readonly bytes: number;
  /** Whole lines, each with its end; what a crash cut off is left out. */
  text(): Promise<string>;
  /** Holds these lines from now on, so that a crash repeats no more than them. */
  keep(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Lines on disk: what was appended outlives the process. */
export interface Journal {
  /**
   * Returns when the lines are the operating system's: a crash of the process loses none.
   * @param lines without their ends
   * @throws when the disk refuses: then none of them counts
   */
  append(lines: readonly string[]): void;
  /** Bytes that wait, in all segments. */
  bytes(): number;
}

/** Lines in memory on their way out, while the disk refuses them. */
export interface HeldLines {
  hold(lines: string): void;
  bytes(): number;
}

/** What became of lines on their way to the stream. */
export interface LedgerTally {
  delivered: number;
  /** Sent more than once, since nobody knows whether the first time counted: at least once is what is promised. */
  repeated: number;
  /** Given up: no record at all, or longer than the stream takes. */
  lost: number;
  explained: number;
  /** Shipped without the explanation that they should have. */
  unexplained: number;
  /** Lines of the call under way. */
  inFlight: number;
}

/** What the ledger has to say about itself, for /metrics. */
export interface LedgerCounts extends Readonly<Omit<LedgerTally, 'inFlight'>> {
  readonly written: number;
  readonly refused: number;
  readonly waitingBytes: number;
}

export interface Ledger {
  /**
   * Ends when the lines are safe, so that their answer may leave; those of one event-loop turn are written together.
   * @param lines JSON of a record each, without a line's end
   * @throws {PlatformError} LEDGER_FULL
   */
  commit(lines: readonly string[]): Promise<void>;
  /** @throws {PlatformError} LEDGER_FULL: to be asked before a model is */
  refuseWhenFull(): void;
  counts(): LedgerCounts;
}
