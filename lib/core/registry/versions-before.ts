/** A version that came to serve alone: moved forward to, or gone back to. */
export interface Arrival {
  readonly version: number;
  readonly isReturn: boolean;
}

const arrive = (stack: number[], { version, isReturn }: Arrival): void => {
  if (stack.at(-1) === version) return;
  if (!isReturn) {
    stack.push(version);
    return;
  }
  const at = stack.lastIndexOf(version);
  if (at >= 0) stack.length = at + 1;
  // It never came by itself, so it takes the place of the one that was refused.
  else stack.splice(-1, 1, version);
};

/**
 * Versions that served before the one that serves now, the nearest first. Going back undoes what came since, so that a
 * version that was gone back from is not gone back to.
 * @param arrivals oldest first
 * @example versionsBefore([to(1), to(2), backTo(1), to(3)], 3) // [1]
 */
export const versionsBefore = (arrivals: readonly Arrival[], serving: number): number[] => {
  const stack: number[] = [];
  for (const arrival of arrivals) arrive(stack, arrival);
  const below = stack.slice(0, Math.max(0, stack.lastIndexOf(serving)));
  return [...new Set(below.reverse())].filter((version) => version !== serving);
};
