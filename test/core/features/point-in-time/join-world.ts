import type { Row, Tables, ViewToJoin } from '#core/features/index.ts';
import { identifier, joinViews, literal } from '#core/features/index.ts';
import type { EntityRow, ReferenceView } from './reference.ts';

/** Keys of every entity row: a text and a number. */
export const entities = [
  { joinKey: 'user', type: 'string' },
  { joinKey: 'shop', type: 'number' },
] as const;

const time = (hours: number | null): string =>
  hours === null ? 'NULL::TIMESTAMP' : `TIMESTAMP '2026-01-01' + to_hours(${hours})`;
const text = (value: string | number | null): string => `${literal(value as string | null)}::VARCHAR`;
const number = (value: string | number | null): string => `${value === null ? 'NULL' : value}::BIGINT`;
const key = (values: readonly (string | number | null)[], at: readonly number[] = [0, 1]): string =>
  at.map((i, j) => (i === 0 ? text(values[j] ?? null) : number(values[j] ?? null))).join(', ');

const make = async (tables: Tables, name: string, { head, rows }: { head: string; rows: readonly string[] }) => {
  await tables.run(`CREATE OR REPLACE TABLE ${identifier(name)} (${head})`);
  if (rows.length > 0) await tables.run(`INSERT INTO ${identifier(name)} VALUES ${rows.join(', ')}`);
};

const viewOf = async (tables: Tables, view: ReferenceView, at: number): Promise<ViewToJoin> => {
  const keys = view.keyOf.map((i) => entities[i]).filter((entity) => entity !== undefined);
  const columns = keys.map(({ joinKey, type }) => `${identifier(joinKey)} ${type === 'string' ? 'VARCHAR' : 'BIGINT'}`);
  const head = `${columns.join(', ')}, event_timestamp TIMESTAMP, created_timestamp TIMESTAMP, n DOUBLE, t VARCHAR`;
  const rows = view.rows
    .filter(({ event, key: own }) => event !== null && !own.includes(null))
    .map((row) => {
      const values = [time(row.event), time(row.created), row.number ?? 'NULL', text(row.text)];
      return `(${key(row.key, view.keyOf)}, ${values.join(', ')})`;
    });
  const name = `view ${at} rows`;
  await make(tables, name, { head, rows });
  return {
    name: `view${at}`,
    rows: name,
    entities: keys,
    features: [
      { name: 'n', type: 'number' },
      { name: 't', type: 'string' },
    ],
    wanted: [
      { name: 'n', as: `n${at}` },
      { name: 't', as: `t${at}` },
    ],
    ttlDays: view.ttlHours / 24,
  };
};

export interface JoinCase {
  readonly entityRows: readonly EntityRow[];
  readonly views: readonly ReferenceView[];
  readonly asKnownAt: boolean;
}

/** The engine's answer, in the order of the entity table. */
export const join = async (tables: Tables, { entityRows, views, asKnownAt }: JoinCase): Promise<Row[]> => {
  const head = '"user" VARCHAR, shop BIGINT, moment TIMESTAMP, place INTEGER';
  const rows = entityRows.map((row, i) => `(${key(row.key)}, ${time(row.time)}, ${i})`);
  await make(tables, 'entity rows', { head, rows });
  const joined: ViewToJoin[] = [];
  for (const [at, view] of views.entries()) joined.push(await viewOf(tables, view, at));
  const columns = await tables.columnsOf('FROM "entity rows"');
  const relation = { from: '"entity rows"', called: 'the entity table', columns, isText: false };
  const { query, row } = await joinViews(tables, { entities: relation, time: 'moment', views: joined, asKnownAt });
  return tables.rows(`SELECT * EXCLUDE (${row}) FROM (${query}) ORDER BY ${row}`);
};
