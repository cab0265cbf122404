import type { Column } from './column.ts';
import { all, columnIn, countOf, type Domain, distinctOf } from './domain.ts';
import { rowsIn, showing } from './map-plan.ts';
import { fitsMostly, mapResult } from './map-result.ts';
import { countedRows } from './multicolumn-expectations.ts';
import { type Plan, type Planners, ROW, SAMPLE_SIZE, type Scan } from './plan.ts';

type Unique = 'expect_column_values_to_be_unique' | 'expect_compound_columns_to_be_unique';

interface Key {
  readonly domain: Domain;
  readonly columns: readonly Column[];
  /** SQL that says which rows count. */
  readonly counts: string;
  readonly mostly: number;
}

// Every row of a repeated value is unexpected, as in Great Expectations: only groups find them.
const repeated = ({ domain, columns, counts }: Key): Scan => {
  const key = columns.map(({ sql }) => sql).join(', ');
  const values = columns.map(({ sql }) => `CAST(${sql} AS VARCHAR)`).join(', ');
  const same = columns.map(({ sql }) => `t.${sql} IS NOT DISTINCT FROM g.${sql}`).join(' AND ');
  return {
    aggregates: {
      repeated: 'count(*)',
      sample: `CAST(to_json(arg_min({r: r, v: v}, r, ${SAMPLE_SIZE})) AS VARCHAR)`,
    },
    over: (table) => {
      const rows = `SELECT * FROM ${table} WHERE ${all(domain.when, counts)}`;
      const groups = `SELECT ${key} FROM (${rows}) GROUP BY ${key} HAVING count(*) > 1`;
      const found = `SELECT t.${ROW} AS r, [${values.replaceAll('CAST(', 'CAST(t.')}] AS v FROM (${rows}) t JOIN (${groups}) g ON ${same}`;
      return `(${found}) AS repeated`;
    },
  };
};

// hash() counts distinct values in a third of the time; should two values share one, the look at the groups sees it.
const uniquePlan = (key: Key): Plan => {
  const { domain, columns, counts } = key;
  return {
    aggregates: {
      counted: countOf(domain, counts),
      distinct: distinctOf(domain, columns, counts),
    },
    closer: ({ counted, distinct }) => (counted === distinct ? [] : [repeated(key)]),
    judge: ({ row_count, counted, repeated: unexpected, sample }) => {
      const elements = Number(row_count);
      const seen = { elements, missing: elements - Number(counted), unexpected: Number(unexpected ?? 0) };
      return { success: fitsMostly(seen, key.mostly), result: mapResult(seen, rowsIn(sample), showing(key)) };
    },
  };
};

export const uniqueExpectations: Planners<Unique> = {
  expect_column_values_to_be_unique: ({ column, mostly }, domain) => {
    const seen = columnIn(domain, column);
    return uniquePlan({ domain, columns: [seen], counts: `${seen.sql} IS NOT NULL`, mostly });
  },
  expect_compound_columns_to_be_unique: ({ column_list: names, ignore_row_if: ignore, mostly }, domain) => {
    const columns = names.map((name) => columnIn(domain, name));
    return uniquePlan({ domain, columns, counts: countedRows[ignore](columns), mostly });
  },
};
