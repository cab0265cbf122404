import { EVENT_TIMESTAMP } from '../feature-columns.ts';
import { CREATED_TIMESTAMP } from '../offline-rows.ts';
import type { Tables } from '../ports.ts';
import { identifier } from '../sql-text.ts';
import type { ViewToJoin } from './types.ts';

/** When a row may first be used: SQL column of what `newestRows` gives. */
export const USABLE_FROM = identifier('usable from');

const keysOf = ({ entities }: ViewToJoin): string[] => entities.map(({ joinKey }) => identifier(joinKey));

// Values decide last, a missing one loses: rows that agree in all of them are the same row.
const byTimeThenValues = ({ features }: ViewToJoin): string =>
  [CREATED_TIMESTAMP, ...features.map(({ name }) => identifier(name))]
    .map((column) => `${column} DESC NULLS LAST`)
    .join(', ');

/** Rows of which there is one for each of these columns; only those that share them with others are sorted. */
const oneEach = async (tables: Tables, view: ViewToJoin, columns: readonly string[]): Promise<string> => {
  const rows = identifier(view.rows);
  const ties = identifier(`${view.rows} ties`);
  const same = columns.join(', ');
  await tables.run(`CREATE OR REPLACE TABLE ${ties} AS SELECT ${same} FROM ${rows} GROUP BY ALL HAVING count(*) > 1`);
  const [tied] = await tables.rows(`SELECT count(*) AS n FROM ${ties}`);
  if (Number(tied?.n) === 0) return `FROM ${rows}`;
  return `SELECT * FROM ${rows} ANTI JOIN ${ties} USING (${same}) UNION ALL BY NAME
    SELECT * FROM (SELECT * FROM ${rows} SEMI JOIN ${ties} USING (${same}))
    QUALIFY row_number() OVER (PARTITION BY ${same} ORDER BY ${byTimeThenValues(view)}) = 1`;
};

// Times as one whole number that sorts by the event, then by when it became known.
const RANK = `(epoch_us(${EVENT_TIMESTAMP})::HUGEINT * 18446744073709551616 + epoch_us(${CREATED_TIMESTAMP}))`;

/**
 * A row that becomes known after a newer one never is the answer; of those that become known together the newest is.
 * What remains is newer the later it became known, so that the last one known is the newest one known.
 */
const newestKnown = (view: ViewToJoin, rows: string): string =>
  `SELECT * EXCLUDE (rank) FROM (
     SELECT *, ${RANK} AS rank, greatest(${EVENT_TIMESTAMP}, ${CREATED_TIMESTAMP}) AS ${USABLE_FROM} FROM (${rows})
   ) QUALIFY rank = max(rank) OVER (PARTITION BY ${keysOf(view).join(', ')} ORDER BY ${USABLE_FROM}
     RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;

const hasLateRows = async (tables: Tables, { rows }: ViewToJoin): Promise<boolean> => {
  const late = await tables.rows(
    `SELECT 1 FROM ${identifier(rows)} WHERE ${CREATED_TIMESTAMP} > ${EVENT_TIMESTAMP} LIMIT 1`,
  );
  return late.length > 0;
};

/**
 * SELECT of the rows of a view that can be the answer, with the moment from which each is: at any time the last one
 * usable is the newest. Of rows with one event time the one known last wins, of those with both times the same the one
 * with the greater values, feature by feature, a missing value being the least.
 */
export const newestRows = async (tables: Tables, view: ViewToJoin, asKnownAt: boolean): Promise<string> => {
  const same = [...keysOf(view), EVENT_TIMESTAMP];
  if (asKnownAt && (await hasLateRows(tables, view)))
    return newestKnown(view, await oneEach(tables, view, [...same, CREATED_TIMESTAMP]));
  return `SELECT *, ${EVENT_TIMESTAMP} AS ${USABLE_FROM} FROM (${await oneEach(tables, view, same)})`;
};
