import type { GraphAnswers, GraphColumn, ModelRows, RowExplanation } from '#core/serving/index.ts';
import type { FromThread } from './messages.ts';
import { unpacked } from './packed.ts';

/** Some rows of a job, as one thread takes them. */
export interface Chunk {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
  /** Died with a thread already: a second time it is given up. */
  readonly isSecond: boolean;
  /** On the stopwatch; absent when the thread must open the model first. */
  readonly askedMs?: number | undefined;
}

export interface Asked {
  readonly kind: 'run' | 'explain';
  readonly modelUri: string;
  readonly rows: ModelRows;
  readonly untilMs: number;
}

export type Found = GraphAnswers | readonly RowExplanation[];
type Done = Exclude<FromThread, { kind: 'refused' }>;

/** A request, done in one chunk or many, by one thread or several. */
export class Job {
  readonly asked: Asked;
  readonly found: Promise<Found>;
  readonly #settle: Pick<PromiseWithResolvers<Found>, 'resolve' | 'reject'>;
  readonly #explanations: RowExplanation[] = [];
  readonly #again: Chunk[] = [];
  #next = 0;
  #done = 0;
  #isOver = false;

  constructor(asked: Asked) {
    this.asked = asked;
    const { promise, ...settle } = Promise.withResolvers<Found>();
    this.found = promise;
    this.#settle = settle;
  }

  get hasBegun(): boolean {
    return this.#next > 0;
  }

  /** Nobody waits for it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get hasMore(): boolean {
    return !this.#isOver && (this.#again.length > 0 || this.#next < Math.max(this.asked.rows.count, 1));
  }

  /** Rows that no thread has taken yet. */
  get rowsLeft(): number {
    const again = this.#again.reduce((sum, { from, to }) => sum + to - from, 0);
    return again + Math.max(this.asked.rows.count - this.#next, 0);
  }

  /** The next rows, at most so many. */
  take(most: number, askedMs?: number): Chunk {
    const again = this.#again.pop();
    if (again) return { ...again, askedMs };
    const from = this.#next;
    // Even no rows at all are asked once: the model says how wide its answers are.
    this.#next = Math.max(Math.min(from + most, this.asked.rows.count), 1);
    return { job: this, from, to: this.#next, isSecond: false, askedMs };
  }

  giveBack(chunk: Chunk): void {
    this.#again.push({ ...chunk, isSecond: true });
  }

  done({ from, to }: Chunk, done: Done): void {
    this.#done += to - from;
    if (done.kind === 'answered') {
      this.#resolve(done.answers);
      return;
    }
    for (const [at, row] of unpacked(done.explanations).entries()) this.#explanations[from + at] = row;
    if (this.#done >= this.asked.rows.count) this.#resolve(this.#explanations);
  }

  refuse(error: Error): void {
    this.#isOver = true;
    this.#settle.reject(error);
  }

  #resolve(found: Found): void {
    this.#isOver = true;
    this.#settle.resolve(found);
  }
}

// Of numbers a copy, so that its memory can be handed over: the caller goes on with his, which may be part of more.
const part = <T extends GraphColumn>(column: T, { from, to }: Chunk): T => column.slice(from, to) as unknown as T;

/** The chunk's rows, in memory of their own. */
export const rowsOfChunk = (chunk: Chunk): ModelRows => {
  const { count, columns } = chunk.job.asked.rows;
  return { count: Math.min(chunk.to, count) - chunk.from, columns: columns.map((column) => part(column, chunk)) };
};
