import type { Tables } from '../ports.ts';

/**
 * An entity's id and a time as one whole number: one entity's times in their order, then those of the next entity. So
 * the rows of a view are found by one comparison of numbers, which takes far less than to compare two columns.
 */
export interface Packing {
  /** SQL of the number. @example pack('e.id', 'e.time') */
  readonly pack: (id: string, time: string) => string;
  /** SQL of the least number of the entity whose number this is. */
  readonly first: (packed: string) => string;
}

const MOST = 2n ** 63n - 1n;

const packingOf = (earliest: bigint, span: bigint, ids: bigint): Packing => {
  // Most tables' fit 64 bits, which are sorted faster.
  const type = (ids + 2n) * span <= MOST ? 'BIGINT' : 'HUGEINT';
  const width = `CAST(${span} AS ${type})`;
  // Times without end have no number of their own: they stand before or after all others.
  const offset = (time: string) =>
    `coalesce(CAST(epoch_us(${time}) AS ${type}) - CAST(${earliest} AS ${type}), CASE WHEN ${time} > TIMESTAMP 'epoch' THEN ${span - 1n} ELSE 0 END)`;
  return {
    pack: (id, time) => `(CASE WHEN ${time} IS NOT NULL THEN ${id} * ${width} + ${offset(time)} END)`,
    first: (packed) => `(${packed} - ${packed} % ${width})`,
  };
};

interface Packed {
  /** Columns, each with its table. @example ['"#time" FROM moments'] */
  readonly times: readonly string[];
  readonly tablesOfIds: readonly string[];
  /** Microseconds for which values hold: times without end are farther than that from all others. */
  readonly longest: number;
}

const only = async (tables: Tables, parts: readonly string[], columns: string): Promise<readonly string[]> => {
  const [seen = {}] = await tables.rows(`SELECT ${columns} FROM (${parts.join(' UNION ALL ')})`);
  return Object.values(seen).map((value) => String(value ?? '0'));
};

/** A packing that all of these times and ids have room in. */
export const packing = async (tables: Tables, { times, tablesOfIds, longest }: Packed): Promise<Packing> => {
  const ends = times.map(
    (time) => `SELECT epoch_us(min(t)) AS a, epoch_us(max(t)) AS z FROM (SELECT ${time}) s(t) WHERE isfinite(t)`,
  );
  const [first = '0', last = '0'] = await only(tables, ends, 'CAST(min(a) AS VARCHAR), CAST(max(z) AS VARCHAR)');
  const counts = tablesOfIds.map((table) => `SELECT count(*) AS n FROM ${table}`);
  const [most = '0'] = await only(tables, counts, 'CAST(max(n) AS VARCHAR)');
  const earliest = BigInt(first) - 1n;
  return packingOf(earliest, BigInt(last) - earliest + BigInt(longest) + 2n, BigInt(most));
};
