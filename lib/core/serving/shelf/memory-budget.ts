import type { ModelFiles } from '../ports.ts';

/**
 * Memory that a graph takes open, as a multiple of its bytes: 5.0 to 7.3 was measured for forests of 0.5 to 6 MB in
 * onnxruntime 1.30, the small ones the most, as growth of the process. Growth itself is too noisy to be asked each time:
 * other requests make it, and freed memory hides it.
 */
const OPEN_SHARE = 6;

/** What a version costs in memory: the graph, open here or in a thread, and its files, which other threads may ask for. */
export const modelBytes = ({ graph, explanation }: ModelFiles, isRemote = false): number => {
  const texts = explanation ? Object.values(explanation).reduce((sum, text) => sum + text.length, 0) : 0;
  return graph.byteLength * (isRemote ? 1 : OPEN_SHARE + 1) + texts;
};

/** Something in memory that can be opened again. */
export interface Evictable {
  readonly bytes: number;
  readonly lastUsedMs: number;
  /** Nothing runs on it. */
  isIdle(): boolean;
  close(): Promise<void>;
}

/** Keeps what is open within so many bytes: the least recently asked go, never one in use. */
export class MemoryBudget {
  readonly mostBytes: number;
  readonly #open = new Set<Evictable>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** What is open takes, by estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  isOver(): boolean {
    return this.#bytes > this.mostBytes;
  }

  get count(): number {
    return this.#open.size;
  }

  add(opened: Evictable): void {
    this.#open.add(opened);
    this.#bytes += opened.bytes;
  }

  async close(opened: Evictable): Promise<void> {
    if (!this.#open.delete(opened)) return;
    this.#bytes -= opened.bytes;
    await opened.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open].map((opened) => this.close(opened)));
  }

  /**
   * Closes what is idle until so many bytes more fit. A version larger than all of it is opened all the same, alone, and
   * stays until another wants its room: to open it for each request would be worse.
   */
  async makeRoom(bytes = 0): Promise<void> {
    const least = bytes > 0 ? 0 : 1;
    while (this.#bytes + bytes > this.mostBytes && this.#open.size > least) {
      const oldest = this.#leastRecent();
      if (!oldest) return;
      await this.close(oldest);
    }
  }

  #leastRecent(): Evictable | undefined {
    let oldest: Evictable | undefined;
    for (const one of this.#open) if (one.isIdle() && (!oldest || one.lastUsedMs < oldest.lastUsedMs)) oldest = one;
    return oldest;
  }
}
