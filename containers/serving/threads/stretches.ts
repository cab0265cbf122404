import type { Asked, Chunk, Job } from './job.ts';
import { RowTimes } from './row-times.ts';

/** Rows that one thread explains at a stretch take about so long, so that a large request lets others by. */
const STRETCH_MS = 25;
const FIRST_STRETCH = 4;
const LONGEST_STRETCH = 256;
/** Of the newest measure: one that the machine held up, or one of cold code, must not turn callers away for long. */
const NEWEST_SHARE = 0.5;

type Kind = Pick<Asked, 'kind' | 'modelUri'>;

const keyOf = ({ kind, modelUri }: Kind): string => `${kind} ${modelUri}`;

const smoothed = (before: number, newest: number): number => before + NEWEST_SHARE * (newest - before);

/** How many rows a thread takes at once, and how long that takes, by what each model's rows took before. */
export class Stretches {
  readonly #rowMs = new Map<string, number>();
  readonly #explainTimes = new RowTimes();
  /** What a stretch takes beside its rows: the way to the thread and back, and to be given time on a busy machine. */
  #wayMs = 0;

  isTimed(asked: Kind): boolean {
    return this.#rowMs.has(keyOf(asked));
  }

  /** @param ms what the thread took for the rows of an answered chunk */
  learn({ job, from, to, askedMs }: Chunk, ms: number, nowMs: number): void {
    const key = keyOf(job.asked);
    const rowMs = ms / (to - from);
    this.#rowMs.set(key, smoothed(this.#rowMs.get(key) ?? rowMs, rowMs));
    if (job.asked.kind === 'explain') this.#explainTimes.learn(job.asked.modelUri, rowMs);
    if (askedMs !== undefined) this.#wayMs = smoothed(this.#wayMs, Math.max(nowMs - askedMs - ms, 0));
  }

  forget(modelUri: string): void {
    for (const kind of ['run', 'explain'] as const) this.#rowMs.delete(keyOf({ kind, modelUri }));
  }

  /** Rows of one stretch. */
  rows(asked: Asked): number {
    if (asked.kind === 'run') return asked.rows.count;
    const rowMs = this.#rowMs.get(keyOf(asked));
    if (rowMs === undefined) return FIRST_STRETCH;
    return Math.min(Math.max(Math.floor(STRETCH_MS / rowMs), 1), LONGEST_STRETCH);
  }

  /** What a request's next stretch takes of a thread: all that others wait for it. */
  ms({ asked, rowsLeft }: Pick<Job, 'asked' | 'rowsLeft'>): number {
    const rowMs = this.#rowMs.get(keyOf(asked));
    return this.#wayMs + (rowMs === undefined ? STRETCH_MS : Math.min(rowsLeft, this.rows(asked)) * rowMs);
  }

  /** What the rest of a request takes of threads in all, 0 where nothing is known of it. */
  wholeMs(job: Pick<Job, 'asked' | 'rowsLeft'>): number {
    const { kind, modelUri } = job.asked;
    return kind === 'run' ? this.ms(job) : job.rowsLeft * (this.#explainTimes.ms(modelUri) ?? 0);
  }
}
