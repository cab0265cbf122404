/** Docker's number of a stream. */
export type StreamNumber = 1 | 2;

interface Line {
  readonly stream: StreamNumber;
  readonly text: Buffer;
}

const NEWLINE = 0x0a;
/** A line longer than this is cut, as Docker does. */
const LONGEST_LINE = 16_384;
/** Older lines of a container are dropped beyond this; the mirror on disk keeps them all. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Docker's frame: stream number, three zero bytes, length (big endian), text. */
export const frameOf = (stream: StreamNumber, text: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
};

/** The output of one container: kept by whole lines, so that no reader sees half of one. */
export class ContainerLog {
  readonly #lines: Line[] = [];
  readonly #rest: Record<StreamNumber, Buffer> = { 1: Buffer.alloc(0), 2: Buffer.alloc(0) };
  readonly #listeners = new Set<(line: Line | undefined) => void>();
  readonly #mirror: (text: Buffer) => void;
  #bytes = 0;
  #closed = false;

  constructor(mirror: (text: Buffer) => void = () => {}) {
    this.#mirror = mirror;
  }

  append(stream: StreamNumber, chunk: Buffer): void {
    this.#mirror(chunk);
    let rest = Buffer.concat([this.#rest[stream], chunk]);
    for (let cut = this.#cutAt(rest); cut > 0; cut = this.#cutAt(rest)) {
      this.#keep({ stream, text: rest.subarray(0, cut) });
      rest = rest.subarray(cut);
    }
    this.#rest[stream] = rest;
  }

  /** Ends the log: an unfinished last line counts as a line. */
  close(): void {
    if (this.#closed) return;
    for (const stream of [1, 2] as const) {
      if (this.#rest[stream].length > 0) this.#keep({ stream, text: this.#rest[stream] });
    }
    this.#closed = true;
    for (const listener of this.#listeners) listener(undefined);
    this.#listeners.clear();
  }

  /** The last `tail` lines of the streams asked for, framed. */
  frames(streams: ReadonlySet<StreamNumber>, tail = Number.POSITIVE_INFINITY): Buffer[] {
    const wanted = this.#lines.filter(({ stream }) => streams.has(stream));
    return wanted.slice(Math.max(0, wanted.length - tail)).map(({ stream, text }) => frameOf(stream, text));
  }

  /** Calls back for every new line, then once with undefined at the end; answers how to stop. */
  follow(listener: (line: Line | undefined) => void): () => void {
    if (this.#closed) listener(undefined);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #cutAt(text: Buffer): number {
    const newline = text.indexOf(NEWLINE);
    if (newline >= 0 && newline < LONGEST_LINE) return newline + 1;
    return text.length >= LONGEST_LINE ? LONGEST_LINE : 0;
  }

  #keep(line: Line): void {
    this.#lines.push(line);
    this.#bytes += line.text.length;
    while (this.#bytes > MOST_BYTES) this.#bytes -= this.#lines.shift()?.text.length ?? this.#bytes;
    for (const listener of this.#listeners) listener(line);
  }
}
