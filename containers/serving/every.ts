export interface Repeated {
  /** No further round; ends when a round under way has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a task again and again, the next round so many milliseconds (±20 %, so that tasks do not march in step) after
 * the end of the one before. The task must not throw.
 */
export const every = (milliseconds: number, task: () => Promise<void>): Repeated => {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const next = (): void => {
    if (isStopped) return;
    timer = setTimeout(
      () => {
        round = task().finally(next);
      },
      milliseconds * (0.8 + 0.4 * Math.random()),
    );
  };
  next();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      return round;
    },
  };
};
