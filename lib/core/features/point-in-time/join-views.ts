import { PlatformError } from '../../shared/errors.ts';
import type { Tables } from '../ports.ts';
import { identifier } from '../sql-text.ts';
import { entityKeys, type KeyIds, keyIds, keyNames } from './key-ids.ts';
import { type Packing, packing } from './packed-moments.ts';
import type { Joined, JoinRequest, ViewToJoin } from './types.ts';
import { type UsableRows, usableRows } from './usable-rows.ts';

const NUMBERED = identifier('numbered entity rows');
const MOMENTS = identifier('moments of entity rows');
const ROW = identifier('#row');
const TIME = identifier('#time');
const AT = identifier('#at');
const EVENT = identifier('#event');
const DAY_MICROSECONDS = 86_400_000_000;

// Names that no column of the entity table may have.
const RESERVED = '#';

const number = async (tables: Tables, request: JoinRequest): Promise<void> => {
  const { entities, time } = request;
  const taken = entities.columns.find(({ name }) => name.startsWith(RESERVED));
  if (taken)
    throw new PlatformError(
      'INVALID_REQUEST',
      `${entities.called} has a column "${taken.name}"; names that begin with ${RESERVED} are the join's own: rename it`,
      { column: taken.name },
    );
  const columns = [`row_number() OVER () AS ${ROW}`, `${time} AS ${TIME}`, ...entityKeys(request)];
  await tables.run(`CREATE OR REPLACE VIEW ${NUMBERED} AS SELECT ${columns.join(', ')} FROM ${entities.from}`);
};

type AllIds = ReadonlyMap<string, KeyIds>;

const idsOf = async (tables: Tables, views: readonly ViewToJoin[]): Promise<AllIds> => {
  const ids = new Map<string, KeyIds>();
  for (const view of views) if (!ids.has(keyNames(view))) ids.set(keyNames(view), await keyIds(tables, NUMBERED, view));
  return ids;
};

const idColumn = (names: string): string => identifier(`#id of ${names}`);
const atColumn = (names: string): string => identifier(`#at of ${names}`);

/** What is sorted is narrow: of the entity table nothing but its rows' numbers, times and ids. */
const makeMoments = async (tables: Tables, ids: AllIds): Promise<void> => {
  const all = [...ids.entries()];
  const columns = all.map(([names], i) => `k${i}.id AS ${idColumn(names)}`);
  const joins = all.map(([, { table, ofEntity }], i) => `LEFT JOIN ${table} k${i} ON ${ofEntity(`k${i}`)}`);
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE ${MOMENTS} AS SELECT ${[`e.${ROW}`, `e.${TIME}`, ...columns].join(', ')} FROM ${NUMBERED} e ${joins.join(' ')}`,
  );
};

const ttlOf = ({ ttlDays }: ViewToJoin): number => Math.round(ttlDays * DAY_MICROSECONDS);

interface Part {
  readonly view: ViewToJoin;
  readonly rows: UsableRows;
}

const packingFor = (tables: Tables, ids: AllIds, parts: readonly Part[]): Promise<Packing> => {
  const times = parts.flatMap(({ rows }) => [rows.event, rows.usableFrom].map((time) => `${time} FROM ${rows.table}`));
  return packing(tables, {
    times: [...new Set([`${TIME} FROM ${MOMENTS}`, ...times])],
    tablesOfIds: [...ids.values()].map(({ table }) => table),
    longest: Math.max(0, ...parts.map(({ view }) => ttlOf(view))),
  });
};

// The time of the values, where it is not also the one from which they may be used.
const eventColumn = ({ event, usableFrom }: UsableRows): string => (event === usableFrom ? AT : EVENT);

// The last row at or before the moment may be another entity's: then it is earlier than the first of one's own.
const valuesOf = ({ view, rows }: Part, at: number, { first }: Packing): string[] => {
  const own = `e.${atColumn(keyNames(view))}`;
  const oldest = view.ttlDays === 0 ? [] : [`${own} - ${ttlOf(view)}`];
  const event = `v${at}.${eventColumn(rows)}`;
  const holds = [first(own), ...oldest].map((least) => `${event} >= ${least}`).join(' AND ');
  return view.wanted.map(
    ({ name, as }) => `CASE WHEN ${holds} THEN v${at}.${identifier(name)} END AS ${identifier(as)}`,
  );
};

const joinOf = ({ view, rows }: Part, at: number, { pack }: Packing): string => {
  const times = new Map([
    [eventColumn(rows), rows.event],
    [AT, rows.usableFrom],
  ]);
  const packed = [...times].map(([column, time]) => `${pack(rows.id, time)} AS ${column}`);
  const columns = [...packed, ...new Set(view.wanted.map(({ name }) => identifier(name)))];
  return `ASOF LEFT JOIN (SELECT ${columns.join(', ')} FROM ${rows.table}) v${at} ON e.${atColumn(keyNames(view))} >= v${at}.${AT}`;
};

const found = (ids: AllIds, parts: readonly Part[], packed: Packing): string => {
  const moments = [...ids.keys()].map((names) => `${packed.pack(idColumn(names), TIME)} AS ${atColumn(names)}`);
  const values = parts.flatMap((part, at) => valuesOf(part, at, packed));
  // What a join gives is sorted again for the next one: those that give the most come last.
  const joins = [...parts.entries()]
    .toSorted(([, a], [, b]) => a.view.wanted.length - b.view.wanted.length)
    .map(([at, part]) => joinOf(part, at, packed));
  return `SELECT ${[`e.${ROW}`, ...values].join(', ')}
    FROM (SELECT ${[ROW, ...moments].join(', ')} FROM ${MOMENTS}) e ${joins.join('\n')} ORDER BY e.${ROW}`;
};

/**
 * For every row of an entity table the features as they were at its time: of each view the newest row at or before it
 * that is not older than the view's ttl, both ends included. Every row of the entity table stands in the answer once,
 * also where it is there twice, or lacks a key or its time: such a row has no features. Works in SQL alone, so memory
 * is bounded by the engine's limit.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, INVALID_REQUEST
 * @example
 * const { query, row } = await joinViews(tables, { entities, time: '"event_timestamp"', views });
 * await tables.writeParquet(`SELECT * EXCLUDE (${row}) FROM (${query})`, file);
 */
export const joinViews = async (tables: Tables, request: JoinRequest): Promise<Joined> => {
  const { entities, views, asKnownAt = false } = request;
  await number(tables, request);
  const ids = await idsOf(tables, views);
  await makeMoments(tables, ids);
  const parts: Part[] = [];
  for (const view of views) {
    const own = ids.get(keyNames(view));
    if (own) parts.push({ view, rows: await usableRows(tables, { view, ids: own, asKnownAt }) });
  }
  const packed = await packingFor(tables, ids, parts);
  const given = entities.columns.map(({ name }) => name);
  const features = views.flatMap(({ wanted }) => wanted.map(({ as }) => as));
  const columns = [
    `j.${ROW}`,
    ...given.map((name) => `e.${identifier(name)}`),
    ...features.map((name) => `j.${identifier(name)}`),
  ];
  // Both sides stand in the order of the entity table, whose own columns thus need not be sorted.
  const query = `SELECT ${columns.join(', ')} FROM ${entities.from} e POSITIONAL JOIN (${found(ids, parts, packed)}) j`;
  return { query, columns: [...given, ...features], row: ROW };
};
