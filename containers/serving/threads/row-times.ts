/** Of which the middle one counts: whatever a busy moment or cold code did to some of them. */
const MEASURES = 9;
const MOST_MODELS = 1_000;

/** What a row of each model took lately. It outlives a model's time in memory: opened again, its rows take as long. */
export class RowTimes {
  readonly #lately = new Map<string, readonly number[]>();

  learn(modelUri: string, rowMs: number): void {
    const before = this.#lately.get(modelUri) ?? [];
    // The newest stands last, so that the longest unasked is the first to go.
    this.#lately.delete(modelUri);
    this.#lately.set(modelUri, [...before.slice(1 - MEASURES), rowMs]);
    const [oldest] = this.#lately.keys();
    if (oldest !== undefined && this.#lately.size > MOST_MODELS) this.#lately.delete(oldest);
  }

  /** Absent where none was measured. */
  ms(modelUri: string): number | undefined {
    const sorted = [...(this.#lately.get(modelUri) ?? [])].sort((a, b) => a - b);
    return sorted[(sorted.length - 1) >> 1];
  }
}
