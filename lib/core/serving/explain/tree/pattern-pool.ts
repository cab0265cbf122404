/** Different sets of columns, leaf after leaf, with how often each was put in. */
export class PatternPool {
  #low = new Int32Array(1_024);
  #high: Int32Array;
  #count = new Uint32Array(1_024);
  #length = 0;
  #first = 0;
  readonly #slots: Int32Array;
  readonly #starts: Int32Array;
  #leaves = 0;

  /** @param rows how many sets are put in for each leaf */
  constructor(leaves: number, rows: number, isWide: boolean) {
    // A table at most half full; what it holds of leaves before is below #first and so nothing.
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows + 1))).fill(-1);
    this.#starts = new Int32Array(leaves + 1);
    this.#high = new Int32Array(isWide ? 1_024 : 0);
  }

  put(low: number, high: number): void {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 7;
    for (; ; slot += 1) {
      const at = this.#slots[slot & mask] as number;
      if (at < this.#first) break;
      if (this.#low[at] !== low || (this.#high.length > 0 && this.#high[at] !== high)) continue;
      this.#count[at] = (this.#count[at] as number) + 1;
      return;
    }
    this.#slots[slot & mask] = this.#append(low, high);
  }

  endLeaf(): void {
    this.#leaves += 1;
    this.#starts[this.#leaves] = this.#length;
    this.#first = this.#length;
  }

  #append(low: number, high: number): number {
    if (this.#length === this.#low.length) this.#grow();
    const at = this.#length;
    this.#length += 1;
    this.#low[at] = low;
    if (this.#high.length > 0) this.#high[at] = high;
    this.#count[at] = 1;
    return at;
  }

  #grow(): void {
    const length = 2 * this.#length;
    const grown = <T extends Int32Array | Uint32Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#low = grown(new Int32Array(length), this.#low);
    this.#count = grown(new Uint32Array(length), this.#count);
    if (this.#high.length > 0) this.#high = grown(new Int32Array(length), this.#high);
  }

  /** What was put in, in as little room as it takes: a forest has millions, and every explanation reads them all. */
  packed(longest: number) {
    const low = this.#low.subarray(0, this.#length);
    const count = this.#count.subarray(0, this.#length);
    return {
      starts: this.#starts,
      low: longest <= 16 ? Uint16Array.from(low) : Int32Array.from(low),
      high: this.#high.slice(0, this.#length),
      count: count.every((one) => one < 256) ? Uint8Array.from(count) : Uint32Array.from(count),
    };
  }
}
