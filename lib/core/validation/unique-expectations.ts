import { columnOf } from './column.ts';
import { fitsMostly, mapResult } from './map-plan.ts';
import { type Plan, type Planners, SAMPLE_SIZE, VIEW } from './plan.ts';

type Unique = 'expect_column_values_to_be_unique' | 'expect_compound_columns_to_be_unique';

interface Key {
  /** SQL names of the columns. */
  readonly columns: readonly string[];
  /** SQL that says which rows count. */
  readonly counts: string;
  readonly mostly: number;
}

// Every row of a repeated value is unexpected, as in Great Expectations; only groups find their number.
const repeatedRows = ({ columns, counts }: Key): string => {
  const key = columns.join(', ');
  const shown = columns.length === 1 ? `CAST(${key} AS VARCHAR)` : `concat_ws(', ', ${key})`;
  const groups = `SELECT ${key}, count(*) AS n FROM ${VIEW} WHERE ${counts} GROUP BY ${key} HAVING count(*) > 1`;
  const partition = `count(*) OVER (PARTITION BY ${key})`;
  const first = `SELECT ${shown} AS v FROM ${VIEW} WHERE ${counts} QUALIFY ${partition} > 1 ORDER BY v LIMIT ${SAMPLE_SIZE}`;
  return `SELECT (SELECT coalesce(sum(n), 0)::BIGINT FROM (${groups})) AS count, (SELECT to_json(list(v)) FROM (${first})) AS sample`;
};

// hash() counts distinct values in a third of the time; should two values share one, the look at the groups sees it.
const uniquePlan = (key: Key): Plan => ({
  aggregates: {
    counted: `count(*) FILTER (${key.counts})`,
    distinct: `count(DISTINCT hash(${key.columns.join(', ')})) FILTER (${key.counts})`,
  },
  sample: repeatedRows(key),
  wantsSample: ({ counted, distinct }) => counted !== distinct,
  judge: ({ row_count, counted }, sample) => {
    const elements = Number(row_count);
    const counts = { elements, missing: elements - Number(counted), unexpected: sample.count ?? 0 };
    return { success: fitsMostly(counts, key.mostly), result: mapResult(counts, sample.values) };
  },
});

const conditions = {
  all_values_are_missing: (columns: readonly string[]) => `NOT (${columns.map((c) => `${c} IS NULL`).join(' AND ')})`,
  any_value_is_missing: (columns: readonly string[]) => columns.map((c) => `${c} IS NOT NULL`).join(' AND '),
  never: () => 'TRUE',
} as const;

export const uniqueExpectations: Planners<Unique> = {
  expect_column_values_to_be_unique: ({ column, mostly }, columns) => {
    const { sql } = columnOf(columns, column);
    return uniquePlan({ columns: [sql], counts: `${sql} IS NOT NULL`, mostly });
  },
  expect_compound_columns_to_be_unique: ({ column_list: names, ignore_row_if: ignore, mostly }, columns) => {
    const list = names.map((name) => columnOf(columns, name).sql);
    return uniquePlan({ columns: list, counts: conditions[ignore](list), mostly });
  },
};
