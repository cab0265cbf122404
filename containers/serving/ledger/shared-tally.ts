import type { LedgerTally } from '#core/serving/index.ts';

const fields = ['delivered', 'repeated', 'lost', 'explained', 'unexplained', 'inFlight'] as const;

export const newTallyMemory = (): SharedArrayBuffer =>
  new SharedArrayBuffer(fields.length * Float64Array.BYTES_PER_ELEMENT);

/** Counters that one thread writes and another reads; they outlive the thread that writes. */
export const sharedTally = (memory: SharedArrayBuffer): LedgerTally => {
  const numbers = new Float64Array(memory);
  const tally = {};
  fields.forEach((field, at) => {
    Object.defineProperty(tally, field, {
      enumerable: true,
      get: () => numbers[at],
      set: (value: number) => {
        numbers[at] = value;
      },
    });
  });
  return tally as LedgerTally;
};
