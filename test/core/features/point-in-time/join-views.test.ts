import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Row, Tables } from '#core/features/index.ts';
import { type JoinCase, join } from './join-world.ts';
import { type EntityRow, type ReferenceRow, type ReferenceView, referenceJoin } from './reference.ts';

// Few keys and hours, so that times and keys meet, tie and expire all the time.
const user = fc.constantFrom('a', 'b', 'é', 'e\u0301', '漢字 😀', 'o\'x"', null);
const shop = fc.constantFrom(1, 2, null);
const hour = fc.integer({ min: 0, max: 8 });
const entityRow: fc.Arbitrary<EntityRow> = fc.record({
  key: fc.tuple(user, shop),
  time: fc.option(hour, { freq: 8 }),
});
const keys = { 0: user, 1: shop };
const viewWith = (keyOf: readonly (0 | 1)[]): fc.Arbitrary<ReferenceView> => {
  const row: fc.Arbitrary<ReferenceRow> = fc.record({
    key: fc.tuple(...keyOf.map((i) => keys[i] as fc.Arbitrary<string | number | null>)),
    event: fc.option(hour, { freq: 10 }),
    created: fc.integer({ min: -1, max: 10 }),
    number: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 3 }),
    text: fc.option(fc.constantFrom('x', 'ÿ', '￿', '😀'), { freq: 3 }),
  });
  return fc.record({
    rows: fc.array(row, { maxLength: 40 }),
    keyOf: fc.constant(keyOf),
    ttlHours: fc.constantFrom(0, 1, 2, 5),
  });
};
const view = fc.oneof(viewWith([0]), viewWith([1]), viewWith([0, 1]), viewWith([1, 0]));
const joinCase: fc.Arbitrary<JoinCase> = fc.record({
  // The engine joins up to 64 rows in another way than more of them.
  entityRows: fc.oneof(fc.array(entityRow, { maxLength: 20 }), fc.array(entityRow, { minLength: 65, maxLength: 130 })),
  views: fc.array(view, { minLength: 1, maxLength: 3 }),
  asKnownAt: fc.boolean(),
});

const expected = ({ entityRows, views, asKnownAt }: JoinCase) =>
  entityRows.map((row, i) => {
    const found = views.map((one) => referenceJoin(row, one, asKnownAt));
    const values = found.flatMap((one, at) => [
      [`n${at}`, one?.number ?? null],
      [`t${at}`, one?.text ?? null],
    ]);
    return { place: i, ...Object.fromEntries(values) };
  });

const features = (rows: readonly Row[]) => rows.map(({ user: _, shop: __, moment: ___, ...rest }) => rest);
const onEngine = (work: (tables: Tables) => Promise<void>) => duckDbEngine({ threads: 2 }).open(work);

describe('joinViews', () => {
  it(
    'answers what the plain reference answers, row by row in the order of the entity table',
    () =>
      onEngine((tables) =>
        fc.assert(
          fc.asyncProperty(joinCase, async (one) => {
            expect(features(await join(tables, one))).toEqual(expected(one));
          }),
          { numRuns: 100 },
        ),
      ),
    60_000,
  );

  it(
    'answers the same whatever comes later: rows of the future, and as known at, rows that became known later',
    () =>
      onEngine((tables) =>
        fc.assert(
          fc.asyncProperty(joinCase, fc.integer({ min: 0, max: 8 }), async (one, now) => {
            const isPast = ({ event, created }: ReferenceRow) =>
              event !== null && event <= now && (!one.asKnownAt || created <= now);
            const views = one.views.map((all) => ({ ...all, rows: all.rows.filter(isPast) }));
            const entityRows = one.entityRows.filter(({ time }) => time === null || time <= now);
            const withFuture = await join(tables, { ...one, entityRows });
            expect(withFuture).toEqual(await join(tables, { ...one, entityRows, views }));
          }),
          { numRuns: 40 },
        ),
      ),
    60_000,
  );

  it(
    'answers the same in whatever order the rows of a view lie',
    () =>
      onEngine((tables) =>
        fc.assert(
          fc.asyncProperty(joinCase, async (one) => {
            const views = one.views.map((all) => ({ ...all, rows: all.rows.toReversed() }));
            expect(await join(tables, { ...one, views })).toEqual(await join(tables, one));
          }),
          { numRuns: 25 },
        ),
      ),
    60_000,
  );

  it(
    'keeps many entity rows in their order',
    () =>
      onEngine(async (tables) => {
        const count = 250_000;
        const range = (columns: string, rows: number) => `SELECT ${columns} FROM range(${rows}) t(i)`;
        await tables.run(
          `CREATE TABLE e AS ${range("(hash(i) % 1000)::VARCHAR AS userid, TIMESTAMP '2026-01-01' + to_minutes((hash(i * 7) % 100000)::BIGINT) AS moment, i", count)}`,
        );
        const times = "TIMESTAMP '2026-01-01' + to_minutes((hash(i * 3) % 100000)::BIGINT)";
        await tables.run(
          `CREATE TABLE v AS SELECT *, event_timestamp AS created_timestamp, epoch(event_timestamp) AS n FROM (${range(`(i % 1000)::VARCHAR AS userid, ${times} AS event_timestamp`, 50_000)})`,
        );
        const { joinViews } = await import('#core/features/index.ts');
        const { query, row } = await joinViews(tables, {
          entities: { from: 'e', called: 'e', columns: await tables.columnsOf('FROM e'), isText: false },
          time: 'moment',
          views: [
            {
              name: 'v',
              rows: 'v',
              entities: [{ joinKey: 'userid', type: 'string' }],
              features: [{ name: 'n', type: 'number' }],
              wanted: [{ name: 'n', as: 'n' }],
              ttlDays: 0,
            },
          ],
        });
        const found = `SELECT row_number() OVER () - 1 AS place, * FROM (SELECT * EXCLUDE (${row}) FROM (${query}) ORDER BY ${row})`;
        await tables.run(`CREATE TABLE j AS ${found}`);
        const [seen] = await tables.rows(
          `SELECT count(*) AS rows, count(*) FILTER (place <> i) AS moved, count(*) FILTER (n > epoch(moment)) AS future,
           count(n) AS filled FROM j`,
        );
        const [truth] = await tables.rows(
          'SELECT count(*) AS filled FROM e WHERE moment >= (SELECT min(event_timestamp) FROM v WHERE v.userid = e.userid)',
        );
        expect(seen).toEqual({ rows: count, moved: 0, future: 0, filled: truth?.filled });
      }),
    60_000,
  );
});
