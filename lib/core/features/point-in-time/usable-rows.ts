import type { Tables } from '../ports.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP, newestFirst } from '../row-times.ts';
import { identifier } from '../sql-text.ts';
import type { KeyIds } from './key-ids.ts';
import type { ViewToJoin } from './types.ts';

const ID = identifier('#id');
const EVENT = identifier('#event');
const CREATED = identifier('#created');
const USABLE_FROM = identifier('#usable from');
const RANK = identifier('#rank');

/** Rows of a view that can be the answer: at any time the last one usable is the newest. */
export interface UsableRows {
  readonly table: string;
  readonly id: string;
  /** Column of the time at which the values became true. */
  readonly event: string;
  /** Column of the time from which the row may be used: the event, or where that matters when it became known. */
  readonly usableFrom: string;
}

interface Work {
  readonly view: ViewToJoin;
  readonly ids: KeyIds;
  readonly asKnownAt: boolean;
}

const wantedNames = ({ wanted }: ViewToJoin): string[] => [...new Set(wanted.map(({ name }) => identifier(name)))];

const columnsOf = ({ view, asKnownAt }: Work): string[] => [
  `k.id AS ${ID}`,
  `v.${EVENT_TIMESTAMP} AS ${EVENT}`,
  ...(asKnownAt ? [`v.${CREATED_TIMESTAMP} AS ${CREATED}`] : []),
  ...wantedNames(view).map((name) => `v.${name}`),
];

// Rows that agree in all of it are the same row.
const byTimeThenValues = ({ features }: ViewToJoin): string =>
  newestFirst(
    features.map(({ name }) => name),
    'v.',
  );

const readFrom = (work: Work, ids: string, more: readonly string[] = []): string => {
  const matches = [work.ids.ofView('k'), ...more].join(' AND ');
  return `SELECT ${columnsOf(work).join(', ')} FROM ${identifier(work.view.rows)} v JOIN ${ids} k ON ${matches}`;
};

const timeOf: Readonly<Record<string, string>> = { [EVENT]: EVENT_TIMESTAMP, [CREATED]: CREATED_TIMESTAMP };

interface Sameness {
  readonly table: string;
  /** Times that no two rows of an id may share. */
  readonly times: readonly string[];
}

/** Keys and times that several rows have. */
const makeTies = async (tables: Tables, { view, ids }: Work, { table, times }: Sameness): Promise<string> => {
  const ties = identifier(`ties of ${view.rows}`);
  const same = [ID, ...times].join(', ');
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE ${ties} AS SELECT * FROM ${ids.table} k
     JOIN (SELECT ${same} FROM ${table} GROUP BY ALL HAVING count(*) > 1) t ON k.id = t.${ID}`,
  );
  return ties;
};

/** Leaves one row for each id and these times; only rows that share them with others are read again and sorted. */
const keepNewest = async (tables: Tables, work: Work, sameness: Sameness): Promise<void> => {
  const { table, times } = sameness;
  const ties = await makeTies(tables, work, sameness);
  const [some] = await tables.rows(`SELECT 1 FROM ${ties} LIMIT 1`);
  if (!some) return;
  const isTied = [ID, ...times].map((column) => `r.${column} = t.${column}`).join(' AND ');
  await tables.run(`DELETE FROM ${table} r USING ${ties} t WHERE ${isTied}`);
  const tied = readFrom(
    work,
    ties,
    times.map((column) => `k.${column} = v.${timeOf[column]}`),
  );
  const same = ['k.id', ...times.map((column) => `k.${column}`)].join(', ');
  const newest = `row_number() OVER (PARTITION BY ${same} ORDER BY ${byTimeThenValues(work.view)}) = 1`;
  await tables.run(`INSERT INTO ${table} ${tied} QUALIFY ${newest}`);
};

// Times as one whole number that sorts by the event, then by when it became known.
const TIMES = `(epoch_us(${EVENT})::HUGEINT * 18446744073709551616 + epoch_us(${CREATED}))`;

/**
 * A row that becomes known after a newer one never is the answer; of those that become known together the newest is.
 * What remains is newer the later it became known, so that the last one known is the newest one known.
 */
const keepKnown = async (tables: Tables, { rows }: ViewToJoin, table: string): Promise<string> => {
  const known = identifier(`known ${rows}`);
  await tables.run(`CREATE OR REPLACE TEMP TABLE ${known} AS SELECT * EXCLUDE (${RANK}) FROM (
     SELECT *, ${TIMES} AS ${RANK}, greatest(${EVENT}, ${CREATED}) AS ${USABLE_FROM} FROM ${table}
   ) QUALIFY ${RANK} = max(${RANK}) OVER (PARTITION BY ${ID} ORDER BY ${USABLE_FROM}
     RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`);
  await tables.run(`DROP TABLE ${table}`);
  return known;
};

const hasLateRows = async (tables: Tables, table: string): Promise<boolean> =>
  (await tables.rows(`SELECT 1 FROM ${table} WHERE ${CREATED} > ${EVENT} LIMIT 1`)).length > 0;

/**
 * Makes a table of the rows of a view that can be the answer to the entities that have ids. Of rows with one event time
 * the one known last wins, of those with both times the same the one with the greater values, feature by feature, a
 * missing value being the least.
 */
export const usableRows = async (tables: Tables, work: Work): Promise<UsableRows> => {
  const table = identifier(`usable ${work.view.rows}`);
  await tables.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${readFrom(work, work.ids.table)}`);
  if (work.asKnownAt && (await hasLateRows(tables, table))) {
    await keepNewest(tables, work, { table, times: [EVENT, CREATED] });
    return { table: await keepKnown(tables, work.view, table), id: ID, event: EVENT, usableFrom: USABLE_FROM };
  }
  await keepNewest(tables, work, { table, times: [EVENT] });
  return { table, id: ID, event: EVENT, usableFrom: EVENT };
};
