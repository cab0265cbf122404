import { PlatformError } from '#core/shared/index.ts';
import type { Asked, Job } from './job.ts';
import type { Stretches } from './stretches.ts';

export interface AdmissionLimits {
  readonly threads: number;
  readonly mostWaiting: number;
  readonly mostWaitMs: number;
  readonly mostExplainMs: number;
}

/** What a request finds when it comes. */
interface Standing {
  readonly queue: readonly Pick<Job, 'asked' | 'rowsLeft'>[];
  readonly stretches: Pick<Stretches, 'isTimed' | 'ms' | 'wholeMs'>;
  readonly limits: AdmissionLimits;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const inSeconds = (ms: number): number => Math.ceil(ms / 100) / 10;

const refuseFullQueue = ({ queue, limits: { mostWaiting } }: Standing): void => {
  if (queue.length < mostWaiting) return;
  const message = `${mostWaiting} large requests wait already, which is all this task holds; try again shortly`;
  throw new PlatformError('QUEUE_FULL', message, { mostWaiting });
};

const refuseLongWait = ({ queue, stretches, limits: { threads, mostWaitMs } }: Standing): void => {
  // What a thread is at may stand in the queue with its next rows: were one request a thread too much, then the rows of
  // a slow model would turn everybody else away for as long as they take.
  if (queue.length <= threads) return;
  const waitMs = Math.ceil(sum(queue.map((job) => stretches.ms(job))) / threads);
  if (waitMs <= mostWaitMs) return;
  const message = `an explanation would wait about ${waitMs} ms for a thread, ${mostWaitMs} are allowed; try again shortly, or ask without explain=true`;
  throw new PlatformError('QUEUE_FULL', message, { waitMs, mostWaitMs });
};

const refuseManyRows = (rows: number, ownMs: number, { threads, mostExplainMs }: AdmissionLimits): void => {
  if (ownMs / threads <= mostExplainMs) return;
  const mostRows = Math.max(Math.floor((rows * mostExplainMs * threads) / ownMs), 1);
  const [expectedSeconds, mostSeconds] = [inSeconds(ownMs / threads), inSeconds(mostExplainMs)];
  throw new PlatformError(
    'BODY_TOO_LARGE',
    `to explain ${rows} rows would take about ${expectedSeconds} s, ${mostSeconds} are allowed; send at most ${mostRows} rows at once, or explain whole data sets by "mlp score --explain"`,
    { rows, mostRows, expectedSeconds, mostSeconds },
  );
};

const refuseBesideOthers = (rows: number, ownMs: number, { queue, stretches, limits }: Standing): void => {
  const { threads, mostExplainMs } = limits;
  // Turn by turn: of each other one no more is done meanwhile than of this.
  const othersMs = sum(queue.map((job) => Math.min(stretches.wholeMs(job), ownMs)));
  if (queue.length === 0 || (ownMs + othersMs) / threads <= mostExplainMs) return;
  const [expectedSeconds, mostSeconds] = [inSeconds((ownMs + othersMs) / threads), inSeconds(mostExplainMs)];
  throw new PlatformError(
    'QUEUE_FULL',
    `to explain ${rows} rows beside what is under way would take about ${expectedSeconds} s, ${mostSeconds} are allowed; try again shortly, or send fewer rows at once`,
    { rows, expectedSeconds, mostSeconds },
  );
};

/**
 * Refuses what would wait or take too long. What finds the queue empty never waits, and a row alone never takes too long.
 * @throws {PlatformError} QUEUE_FULL; BODY_TOO_LARGE for rows that even an idle task could not explain in time
 */
export const admit = (asked: Asked, found: Standing): void => {
  refuseFullQueue(found);
  if (asked.kind !== 'explain') return;
  // A version that was never explained is being checked: a busy moment must not count against it.
  if (found.stretches.isTimed(asked)) refuseLongWait(found);
  const { count } = asked.rows;
  if (count <= 1) return;
  const ownMs = found.stretches.wholeMs({ asked, rowsLeft: count });
  refuseManyRows(count, ownMs, found.limits);
  refuseBesideOthers(count, ownMs, found);
};
