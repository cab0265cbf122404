import { Worker } from 'node:worker_threads';
import type { ModelFiles } from '#core/serving/index.ts';
import { type Chunk, rowsOfChunk } from './job.ts';
import type { FromThread, ToThread } from './messages.ts';

// A bundle lies where start.mjs does, this source one folder below.
export const threadEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../heavy-thread.mjs' : './heavy-thread.mjs',
  import.meta.url,
);

interface ThreadEvents {
  answered(thread: ThreadHandle, chunk: Chunk, message: FromThread): void;
  /** With what it was at. */
  died(thread: ThreadHandle, chunk: Chunk | undefined, why: string): void;
}

export interface ThreadLimits {
  /** What a thread runs. */
  readonly entry: URL;
  /** Bytes of files whose models one thread keeps open; a single larger one is kept all the same. */
  readonly mostBytes: number;
  /** A chunk may take so long: a thread that takes longer is ended. */
  readonly mostMs: number;
}

const bytesOf = ({ graph, explanation }: ModelFiles): number =>
  Object.values(explanation ?? {}).reduce((sum, text) => sum + text.length, graph.byteLength);

const buffersOf = (message: ToThread): ArrayBuffer[] =>
  'rows' in message
    ? message.rows.columns.flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []))
    : [];

/** A thread as its pool sees it: one chunk at a time, and the models that it was given. */
export class ThreadHandle {
  readonly #events: ThreadEvents;
  readonly #limits: ThreadLimits;
  readonly #worker: Worker;
  /** Bytes by modelUri; the last asked stands last. */
  readonly #models = new Map<string, number>();
  #chunk: Chunk | undefined;
  #watch: NodeJS.Timeout | undefined;
  #why = 'it ended';

  constructor(events: ThreadEvents, limits: ThreadLimits) {
    this.#events = events;
    this.#limits = limits;
    this.#worker = new Worker(limits.entry, { name: 'heavy' });
    this.#worker.on('message', (message: FromThread) => this.#heard(message));
    this.#worker.on('error', (error) => {
      this.#why = error.message;
    });
    this.#worker.once('exit', () => this.#ended());
    // It alone keeps no process alive.
    this.#worker.unref();
  }

  get isIdle(): boolean {
    return this.#chunk === undefined;
  }

  holds(modelUri: string): boolean {
    return this.#models.has(modelUri);
  }

  ask(chunk: Chunk, files: ModelFiles): void {
    const { kind, modelUri } = chunk.job.asked;
    this.#chunk = chunk;
    this.#worker.ref();
    this.#watch = setTimeout(() => this.#tooLong(), this.#limits.mostMs);
    this.#give(modelUri, files);
    this.#post({ kind, modelUri, rows: rowsOfChunk(chunk) });
  }

  drop(modelUri: string): void {
    if (this.#models.delete(modelUri)) this.#post({ kind: 'drop', modelUri });
  }

  async end(): Promise<void> {
    clearTimeout(this.#watch);
    await this.#worker.terminate();
  }

  #give(modelUri: string, files: ModelFiles): void {
    const bytes = this.#models.get(modelUri) ?? bytesOf(files);
    if (!this.#models.delete(modelUri)) {
      this.#makeRoom(bytes);
      this.#post({ kind: 'give', modelUri, files });
    }
    this.#models.set(modelUri, bytes);
  }

  #makeRoom(bytes: number): void {
    let left = this.#limits.mostBytes - bytes - [...this.#models.values()].reduce((sum, one) => sum + one, 0);
    for (const [modelUri, size] of this.#models) {
      if (left >= 0) return;
      this.drop(modelUri);
      left += size;
    }
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message, buffersOf(message));
  }

  #takeChunk(): Chunk | undefined {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    clearTimeout(this.#watch);
    this.#worker.unref();
    return chunk;
  }

  #heard(message: FromThread): void {
    const chunk = this.#takeChunk();
    if (chunk) this.#events.answered(this, chunk, message);
  }

  #tooLong(): void {
    this.#why = `it took more than ${this.#limits.mostMs} ms`;
    // It would take as long the next time.
    if (this.#chunk) this.#chunk = { ...this.#chunk, isSecond: true };
    void this.#worker.terminate();
  }

  #ended(): void {
    this.#events.died(this, this.#takeChunk(), this.#why);
  }
}
