/**
 * Wait before the next try, milliseconds: 1 s doubling to half a minute.
 * @example retryDelayMs(3) // 4_000
 */
export const retryDelayMs = (failures: number): number => Math.min(30_000, 1_000 * 2 ** Math.max(0, failures - 1));
