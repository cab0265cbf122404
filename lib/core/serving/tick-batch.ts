/** Calls back once the event-loop turn is over, e.g. setImmediate. */
export type AfterThisTurn = (callback: () => void) => void;

export interface TickBatchOptions<I, O> {
  /** Answers an output for each item, in order. */
  readonly run: (items: readonly I[]) => Promise<ArrayLike<O>>;
  readonly afterThisTurn: AfterThisTurn;
  /** Most items a run. */
  readonly most: number;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins the items of one event-loop turn into one run. Nothing waits on a timer: a lone item goes as soon as the turn
 * ends, and under load runs grow by themselves.
 * @example const square = tickBatch({ run: async (numbers) => numbers.map((n) => n * n), afterThisTurn: setImmediate, most: 1_000 });
 */
export const tickBatch = <I, O>({ run, afterThisTurn, most }: TickBatchOptions<I, O>): ((item: I) => Promise<O>) => {
  let waiting: Waiting<I, O>[] = [];

  const settle = async (batch: readonly Waiting<I, O>[]): Promise<void> => {
    try {
      const outputs = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(outputs[index] as O);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    for (let start = 0; start < batch.length; start += most) void settle(batch.slice(start, start + most));
  };

  return (item) =>
    new Promise<O>((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) afterThisTurn(flush);
    });
};
