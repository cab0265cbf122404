import type { Pair } from '#contracts/mlflow/wire.ts';

/** Tags and parameters: a list of pairs on the wire, a record inside. Of a key that comes twice the last counts. */
export const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

export const pairsOf = (record: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));
