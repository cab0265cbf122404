import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { joinViews } from '#core/features/index.ts';

const ROWS = 300_000;

describe('rows of a join that nobody sorts', () => {
  it('stand as those of the entity table did, whose own columns stay beside their features', () =>
    duckDbEngine({ threads: 4, memoryLimitMb: 256 }).open(async (tables) => {
      const time = "TIMESTAMP '2026-01-01' + to_seconds((hash(i) % 1000000)::BIGINT)";
      await tables.run(
        `CREATE TABLE e AS SELECT i, (hash(i) % 500)::VARCHAR AS userid, ${time} AS moment FROM range(${ROWS}) t(i)`,
      );
      await tables.run(
        `CREATE TABLE v AS SELECT userid, moment AS event_timestamp, moment AS created_timestamp, i AS n FROM e`,
      );
      const { query } = await joinViews(tables, {
        entities: { from: 'e', called: 'e', columns: await tables.columnsOf('FROM e'), isText: false },
        time: 'moment',
        views: [
          {
            name: 'v',
            rows: 'v',
            entities: [{ joinKey: 'userid', type: 'string' }],
            features: [{ name: 'n', type: 'integer' }],
            wanted: [{ name: 'n', as: 'n' }],
            ttlDays: 1,
          },
        ],
      });
      const file = tables.localPath('joined.parquet');
      await tables.writeParquet(`SELECT i, moment, n FROM (${query})`, file);
      const [seen] = await tables.rows(
        `SELECT count(*) AS rows, count(*) FILTER (i <> place) AS moved, count(*) FILTER (e.moment IS DISTINCT FROM j.moment) AS others
         FROM (SELECT *, row_number() OVER () - 1 AS place FROM '${file}') j LEFT JOIN (SELECT i AS n, moment FROM e) e USING (n)`,
      );
      expect(seen).toEqual({ rows: ROWS, moved: 0, others: 0 });
    }));
});
