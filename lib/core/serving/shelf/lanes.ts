/** Runs work, later when as much runs as may. */
export type Lanes = <T>(work: () => Promise<T>) => Promise<T>;

/** @example const oneAtATime = lanes(1) */
export const lanes = (most: number): Lanes => {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = (): Promise<void> => {
    if (running < most) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  // Who leaves hands its lane on, so that no newcomer slips in between.
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
};
