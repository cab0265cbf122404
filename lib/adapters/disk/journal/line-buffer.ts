/** Room for a character in UTF-8. */
const MOST_BYTES_A_CHARACTER = 3;
const END = 10;

/**
 * Lines as the bytes of a file, in memory that is used again and again: to join and encode the lines of a turn anew cost
 * several times what writing them does.
 * @example for (const bytes of new LineBuffer(1_048_576).fill(['{"a":1}'])) writeSync(file, bytes)
 */
export class LineBuffer {
  readonly #room: Buffer;

  /** @param bytes more than most turns need */
  constructor(bytes: number) {
    this.#room = Buffer.allocUnsafeSlow(bytes);
  }

  /** The lines in order, each with an end. What is yielded must be used before the next is asked for. */
  *fill(lines: readonly string[]): Generator<Uint8Array, void> {
    let used = 0;
    for (const line of lines) {
      const most = line.length * MOST_BYTES_A_CHARACTER + 1;
      if (used > 0 && used + most > this.#room.length) {
        yield this.#room.subarray(0, used);
        used = 0;
      }
      if (most > this.#room.length) yield Buffer.from(`${line}\n`);
      else used = this.#put(line, used);
    }
    if (used > 0) yield this.#room.subarray(0, used);
  }

  #put(line: string, at: number): number {
    const end = at + this.#room.write(line, at);
    this.#room[end] = END;
    return end + 1;
  }
}
