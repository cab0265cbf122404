import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { parseSuite, runSuite } from '#core/validation/index.ts';
import { cases } from './expectation-cases.ts';
import { judged, judgedOne } from './judged.ts';

describe('expectations on ten rows made by hand', () => {
  it.each(cases)('%s %j: %s', async (...[type, kwargs, success, result]) => {
    const seen = await judgedOne(type, kwargs);
    expect(seen).toMatchObject({ success, result });
    expect(seen.expectation_config).toEqual({ type, kwargs, severity: 'critical' });
    expect(seen.exception_info).toBeUndefined();
  });

  it('give the same results all together, in one scan, in their order', async () => {
    const together = await judged(cases.map(([type, kwargs]) => [type, kwargs]));
    expect(together.map(({ success }) => success)).toEqual(cases.map(([, , success]) => success));
    for (const [i, [, , , result]] of cases.entries()) expect(together[i]?.result).toMatchObject(result);
  });

  it('cost one scan when all fit, and one more look when some do not', async () => {
    const queriesFor = (rows: string) =>
      duckDbEngine().open(async (tables) => {
        await tables.run(`CREATE VIEW dataset AS SELECT i AS v, i % 2 AS w FROM range(${rows}) t(i)`);
        const queries: string[] = [];
        const rowsAndCount = (query: string) => {
          queries.push(query);
          return tables.rows(query);
        };
        const counted = { ...tables, rows: rowsAndCount };
        const suite = ['v', 'w'].flatMap((column) => [
          { type: 'expect_column_values_to_be_unique', kwargs: { column } },
          { type: 'expect_column_values_to_be_between', kwargs: { column, min_value: 0 } },
          { type: 'expect_column_mean_to_be_between', kwargs: { column, min_value: 0 } },
        ]);
        await runSuite(counted, parseSuite(JSON.stringify({ expectations: suite }), 's.json'));
        return queries.length;
      });
    expect(await queriesFor('2')).toBe(1);
    expect(await queriesFor('9')).toBe(2);
  });
});
