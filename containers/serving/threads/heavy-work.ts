import {
  type GraphAnswers,
  type HeavyCounts,
  type HeavyWork,
  type ModelFiles,
  type ModelRows,
  type Notice,
  type RowExplanation,
  type Stopwatch,
  tooLate,
} from '#core/serving/index.ts';
import { type ErrorDetails, PlatformError } from '#core/shared/index.ts';
import { type AdmissionLimits, admit } from './admission.ts';
import { type Asked, type Chunk, type Found, Job } from './job.ts';
import type { FromThread, Refusal } from './messages.ts';
import { Stretches } from './stretches.ts';
import { ThreadHandle, type ThreadLimits, threadEntry } from './thread-handle.ts';

export interface HeavyWorkOptions {
  readonly stopwatch: Stopwatch;
  readonly notice: Notice;
  /** Threads at most; each is started when the others are at work. */
  readonly threads: number;
  /** Requests that wait for a thread at most; further ones are refused. @default 64 */
  readonly mostWaiting?: number;
  /**
   * What an explanation may wait in the queue, milliseconds, as far as can be told; one that would wait longer is refused
   * where more requests wait than there are threads. With the stretch that runs before it and its own it stays within the
   * 100 ms of explained predictions. @default 50
   */
  readonly mostWaitMs?: number;
  /**
   * What all explanations of a request may take, milliseconds, as far as can be told: more rows are refused, because a
   * gateway hangs up after 30 s. @default 20_000
   */
  readonly mostExplainMs?: number;
  /** Bytes of files whose models one thread keeps open. @default 256 MiB */
  readonly mostBytes?: number;
  /** What a thread may take for some rows before it is ended, milliseconds. @default 60_000 */
  readonly mostMs?: number;
  /** What a thread runs. @default heavy-thread.mjs beside start.mjs */
  readonly entry?: URL;
}

export interface HeavyThreads extends HeavyWork {
  /** Refuses what waits, and ends the threads. */
  close(): Promise<void>;
  state(): HeavyCounts;
}

const MIB = 1_048_576;
const MOST_WAITING = 64;
const MOST_WAIT_MS = 50;
const MOST_EXPLAIN_MS = 20_000;
const MOST_BYTES = 256 * MIB;
const MOST_MS = 60_000;
/** Of a timer. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

const errorOf = ({ code, message, details }: Refusal): Error =>
  code === undefined ? new Error(message) : new PlatformError(code as PlatformError['code'], message, details);
const unavailable = (message: string, details: ErrorDetails): PlatformError =>
  new PlatformError('UNAVAILABLE', `${message}; try again shortly`, details);
const stopping = (): PlatformError => unavailable('this task stops', {});

class HeavyPool implements HeavyThreads {
  readonly #options: HeavyWorkOptions;
  readonly #limits: ThreadLimits;
  readonly #admission: AdmissionLimits;
  readonly #offered = new Map<string, ModelFiles>();
  readonly #stretches = new Stretches();
  readonly #threads: ThreadHandle[] = [];
  #queue: Job[] = [];
  #died = 0;
  #isClosed = false;

  constructor(options: HeavyWorkOptions) {
    this.#options = options;
    const { mostBytes = MOST_BYTES, mostMs = MOST_MS, entry = threadEntry } = options;
    this.#limits = { mostBytes, mostMs, entry };
    const { threads, mostWaiting = MOST_WAITING, mostWaitMs = MOST_WAIT_MS } = options;
    this.#admission = { threads, mostWaiting, mostWaitMs, mostExplainMs: options.mostExplainMs ?? MOST_EXPLAIN_MS };
  }

  offer(modelUri: string, files: ModelFiles): void {
    this.#offered.set(modelUri, files);
  }

  forget(modelUri: string): void {
    this.#offered.delete(modelUri);
    this.#stretches.forget(modelUri);
    for (const thread of this.#threads) thread.drop(modelUri);
  }

  async run(modelUri: string, rows: ModelRows, untilMs = Number.POSITIVE_INFINITY): Promise<GraphAnswers> {
    return (await this.#submit({ kind: 'run', modelUri, rows, untilMs })) as GraphAnswers;
  }

  async explain(
    modelUri: string,
    rows: ModelRows,
    untilMs = Number.POSITIVE_INFINITY,
  ): Promise<readonly RowExplanation[]> {
    return (await this.#submit({ kind: 'explain', modelUri, rows, untilMs })) as readonly RowExplanation[];
  }

  state(): HeavyCounts {
    const busy = this.#threads.filter(({ isIdle }) => !isIdle).length;
    return { threads: this.#threads.length, busy, waiting: this.#queue.length, died: this.#died };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue) job.refuse(stopping());
    this.#queue = [];
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  async #submit(asked: Asked): Promise<Found> {
    if (this.#isClosed) throw stopping();
    admit(asked, { queue: this.#queue, stretches: this.#stretches, limits: this.#admission });
    const job = new Job(asked);
    this.#queue.push(job);
    this.#dispatch();
    const leftMs = asked.untilMs - this.#options.stopwatch.ms();
    if (job.hasBegun || job.isOver || leftMs > LONGEST_WAIT_MS) return job.found;
    const timer = setTimeout(() => this.#dispatch(), leftMs + 1);
    return job.found.finally(() => clearTimeout(timer));
  }

  /** Gives free threads what waits, after what nobody waits for any more was refused. */
  #dispatch(): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.stopwatch.ms();
    for (const job of this.#queue) if (job.asked.untilMs < nowMs) job.refuse(tooLate());
    this.#queue = this.#queue.filter(({ hasMore }) => hasMore);
    while (this.#queue[0] && this.#begin(this.#queue[0]));
  }

  /** False when no thread is free. */
  #begin(job: Job): boolean {
    const { modelUri } = job.asked;
    const files = this.#offered.get(modelUri);
    const thread = files && this.#free(modelUri);
    if (files && !thread) return false;
    this.#queue.shift();
    const askedMs = thread?.holds(modelUri) ? this.#options.stopwatch.ms() : undefined;
    if (thread) thread.ask(job.take(this.#stretches.rows(job.asked), askedMs), files);
    else job.refuse(unavailable(`${modelUri} was just taken away`, { modelUri }));
    // Behind those that came meanwhile.
    if (job.hasMore) this.#queue.push(job);
    return true;
  }

  /** An idle thread, best one that has the model open. */
  #free(modelUri: string): ThreadHandle | undefined {
    const idle = this.#threads.filter(({ isIdle }) => isIdle);
    const found = idle.find((thread) => thread.holds(modelUri)) ?? idle[0];
    if (found || this.#threads.length >= this.#options.threads) return found;
    const started = new ThreadHandle(this.#events, this.#limits);
    this.#threads.push(started);
    return started;
  }

  readonly #events = {
    answered: (_: ThreadHandle, chunk: Chunk, message: FromThread): void => {
      const { job } = chunk;
      if (message.kind === 'refused') job.refuse(errorOf(message.refusal));
      else job.done(chunk, message);
      if (message.kind !== 'refused') this.#stretches.learn(chunk, message.ms, this.#options.stopwatch.ms());
      this.#dispatch();
    },
    died: (thread: ThreadHandle, chunk: Chunk | undefined, why: string): void => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      if (this.#isClosed) {
        chunk?.job.refuse(stopping());
        return;
      }
      this.#died += 1;
      this.#options.notice('heavy thread died: another takes its place', { why, modelUri: chunk?.job.asked.modelUri });
      if (chunk) this.#rescue(chunk, why);
      this.#dispatch();
    },
  };

  /** Another thread tries it once: it may be what killed the first. */
  #rescue(chunk: Chunk, why: string): void {
    const { job } = chunk;
    if (chunk.isSecond)
      job.refuse(unavailable(`a thread died over these rows (${why})`, { modelUri: job.asked.modelUri }));
    if (job.isOver) return;
    job.giveBack(chunk);
    if (!this.#queue.includes(job)) this.#queue.unshift(job);
  }
}

/**
 * Heavy work in threads of this process: big batches and explanations. Large explanations are done a stretch at a time,
 * by as many threads as are free, so that others get their turn.
 * @example const heavy = heavyWork({ threads: 2, stopwatch, notice });
 * heavy.offer(uri, files); await heavy.explain(uri, rows); await heavy.close();
 */
export const heavyWork = (options: HeavyWorkOptions): HeavyThreads => {
  const pool = new HeavyPool(options);
  return {
    offer: (modelUri, files) => pool.offer(modelUri, files),
    forget: (modelUri) => pool.forget(modelUri),
    run: (modelUri, rows, untilMs) => pool.run(modelUri, rows, untilMs),
    explain: (modelUri, rows, untilMs) => pool.explain(modelUri, rows, untilMs),
    state: () => pool.state(),
    close: () => pool.close(),
  };
};
