import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Tables } from '#core/features/index.ts';
import { packing } from '#core/features/point-in-time/packed-moments.ts';

interface Moment {
  readonly id: number;
  /** Microseconds since 1970; without end as text. */
  readonly time: bigint | '-infinity' | 'infinity' | null;
}

// The engine's first and last times, and some that are near each other.
const time = fc.oneof(
  fc.bigInt({ min: -9_223_372_022_400_000_000n, max: 9_223_372_036_854_775_806n }),
  fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_700_000_000_000_003n }),
  fc.constantFrom('-infinity' as const, 'infinity' as const, null),
);
const near = fc.oneof(
  fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_700_000_000_000_003n }),
  fc.constantFrom('-infinity' as const, 'infinity' as const, null),
);
const momentsOf = (times: fc.Arbitrary<Moment['time']>) =>
  fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), time: times }), { minLength: 1, maxLength: 12 });

const sqlOf = ({ id, time: at }: Moment): string => {
  if (at === null) return `(${id}, NULL::TIMESTAMP)`;
  return `(${id}, ${typeof at === 'string' ? `TIMESTAMP '${at}'` : `make_timestamp(${at})`})`;
};

const tableOf = (tables: Tables, moments: readonly Moment[]) =>
  tables.run(`CREATE OR REPLACE TABLE moments AS FROM (VALUES ${moments.map(sqlOf).join(', ')}) v(id, t)`);

/** Rows for which the number says otherwise than id and time do. */
const wrong = async (tables: Tables, moments: readonly Moment[], longest: number): Promise<unknown> => {
  await tableOf(tables, moments);
  await tables.run('CREATE OR REPLACE TABLE ids AS FROM range(4)');
  const { pack, first } = await packing(tables, { times: ['t FROM moments'], tablesOfIds: ['ids'], longest });
  const side = (name: string) => `(SELECT id, t, ${pack('id', 't')} AS at FROM moments) ${name}`;
  const [seen] = await tables.rows(
    `SELECT count(*) AS n FROM ${side('a')}, ${side('b')} WHERE (a.at IS NULL) <> (a.t IS NULL)
      OR (a.at >= b.at) <> (a.id > b.id OR (a.id = b.id AND a.t >= b.t))
      OR (b.at >= ${first('a.at')}) <> (b.id >= a.id)
      OR (a.id = b.id AND isfinite(a.t) <> isfinite(b.t) AND abs(a.at - b.at) < CASE WHEN 'infinity' IN (a.t, b.t) THEN ${longest} ELSE 1 END)`,
  );
  return seen?.n;
};

describe('an id and a time as one number', () => {
  it.each([
    ['near each other', momentsOf(near)],
    ['as far from each other as there are times', momentsOf(time)],
  ])(
    'is in the order of both, for times %s',
    (_, moments) =>
      duckDbEngine().open((tables) =>
        fc.assert(
          fc.asyncProperty(moments, fc.constantFrom(0, 86_400_000_000), async (all, longest) => {
            expect(await wrong(tables, all, longest)).toBe(0);
          }),
          { numRuns: 60 },
        ),
      ),
    60_000,
  );
});
