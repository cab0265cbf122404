import { PlatformError } from '#core/shared/index.ts';
import type { Stopwatch } from './ports.ts';

/** Calls back once the event-loop turn is over, e.g. setImmediate. */
export type AfterThisTurn = (callback: () => void) => void;

export interface TickBatchOptions<I, O> {
  /** Answers an output for each item, in order. */
  readonly run: (items: readonly I[]) => Promise<ArrayLike<O>>;
  readonly afterThisTurn: AfterThisTurn;
  /** Most items a run. */
  readonly most: number;
  /** Most items that may be under way, waiting or running; further ones are refused. @default no bound */
  readonly mostUnderWay?: number;
  /** What deadlines are read on. @default deadlines mean nothing */
  readonly stopwatch?: Stopwatch;
}

/**
 * @param untilMs what did not begin by then is not run
 * @throws {PlatformError} QUEUE_FULL, DEADLINE_EXCEEDED
 */
export type TickBatch<I, O> = (item: I, untilMs?: number) => Promise<O>;

interface Waiting<I, O> {
  readonly item: I;
  readonly untilMs: number;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

const queueFull = (most: number): PlatformError =>
  new PlatformError(
    'QUEUE_FULL',
    `${most} rows of this model are under way, which is all it takes; try again shortly`,
    {
      most,
    },
  );

/** DEADLINE_EXCEEDED: the caller no longer waits. */
export const tooLate = (): PlatformError =>
  new PlatformError('DEADLINE_EXCEEDED', 'the time that the caller waits was over before the model was asked');

/** Takes out and refuses what nobody waits for any more. */
const inTime = <I, O>(batch: readonly Waiting<I, O>[], nowMs: number): readonly Waiting<I, O>[] => {
  if (batch.every(({ untilMs }) => untilMs >= nowMs)) return batch;
  for (const { untilMs, reject } of batch) if (untilMs < nowMs) reject(tooLate());
  return batch.filter(({ untilMs }) => untilMs >= nowMs);
};

/**
 * Joins the items of one event-loop turn into one run. Nothing waits on a timer: a lone item goes as soon as the turn
 * ends, and under load runs grow by themselves.
 * @example const square = tickBatch({ run: async (numbers) => numbers.map((n) => n * n), afterThisTurn: setImmediate, most: 1_000 });
 */
export const tickBatch = <I, O>(options: TickBatchOptions<I, O>): TickBatch<I, O> => {
  const { run, afterThisTurn, most, mostUnderWay = Number.POSITIVE_INFINITY, stopwatch } = options;
  let waiting: Waiting<I, O>[] = [];
  let underWay = 0;

  const settle = async (batch: readonly Waiting<I, O>[]): Promise<void> => {
    try {
      const outputs = await run(batch.map(({ item }) => item));
      for (let at = 0; at < batch.length; at += 1) batch[at]?.resolve(outputs[at] as O);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      underWay -= batch.length;
    }
  };

  const flush = (): void => {
    const batch = stopwatch ? inTime(waiting, stopwatch.ms()) : waiting;
    underWay -= waiting.length - batch.length;
    waiting = [];
    for (let start = 0; start < batch.length; start += most)
      void settle(batch.length <= most ? batch : batch.slice(start, start + most));
  };

  return (item, untilMs = Number.POSITIVE_INFINITY) =>
    new Promise<O>((resolve, reject) => {
      if (underWay >= mostUnderWay) throw queueFull(mostUnderWay);
      underWay += 1;
      if (waiting.push({ item, untilMs, resolve, reject }) === 1) afterThisTurn(flush);
    });
};
