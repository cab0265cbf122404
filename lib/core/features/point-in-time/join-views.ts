import { PlatformError } from '../../shared/errors.ts';
import { EVENT_TIMESTAMP } from '../feature-columns.ts';
import type { Tables } from '../ports.ts';
import { identifier } from '../sql-text.ts';
import { entityKeys, type KeyIds, keyIds, keyNames } from './key-ids.ts';
import { newestRows, USABLE_FROM } from './newest-rows.ts';
import type { Joined, JoinRequest, ViewToJoin } from './types.ts';

const NUMBERED = identifier('numbered entity rows');
const ROW = identifier('#row');
const TIME = identifier('#time');
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
  await tables.run(`CREATE OR REPLACE VIEW ${NUMBERED} AS SELECT ${columns.join(', ')}, * FROM ${entities.from}`);
};

const wantedColumns = (view: ViewToJoin, alias: string): string[] => {
  const ttl = `to_microseconds(${Math.round(view.ttlDays * DAY_MICROSECONDS)})`;
  const holds = `${alias}.${EVENT_TIMESTAMP} >= e.${TIME} - ${ttl}`;
  return view.wanted.map(({ name, as }) => {
    const value = `${alias}.${identifier(name)}`;
    return `${view.ttlDays === 0 ? value : `CASE WHEN ${holds} THEN ${value} END`} AS ${identifier(as)}`;
  });
};

interface Part {
  readonly columns: readonly string[];
  /** ASOF JOIN that finds the view's row for each entity row. */
  readonly join: string;
}

const partOf = async (
  tables: Tables,
  request: JoinRequest,
  { view, ids, at }: { view: ViewToJoin; ids: KeyIds; at: number },
): Promise<Part> => {
  const alias = `v${at}`;
  const features = [...new Set(view.wanted.map(({ name }) => identifier(name)))];
  const columns = [EVENT_TIMESTAMP, USABLE_FROM, ...features].map((column) => `v.${column}`);
  const rows = await newestRows(tables, view, request.asKnownAt ?? false);
  const numbered = `SELECT k.id, ${columns.join(', ')} FROM (${rows}) v JOIN ${ids.table} k ON ${ids.ofView('k')}`;
  const join = `ASOF LEFT JOIN (${numbered}) ${alias} ON e.${idOf(view)} = ${alias}.id AND e.${TIME} >= ${alias}.${USABLE_FROM}`;
  return { columns: wantedColumns(view, alias), join };
};

const idOf = (view: ViewToJoin): string => identifier(`#id of ${keyNames(view)}`);

const idsOf = async (tables: Tables, views: readonly ViewToJoin[]): Promise<Map<string, KeyIds>> => {
  const ids = new Map<string, KeyIds>();
  for (const view of views) if (!ids.has(keyNames(view))) ids.set(keyNames(view), await keyIds(tables, NUMBERED, view));
  return ids;
};

const numberedWithIds = (ids: ReadonlyMap<string, KeyIds>): string => {
  const all = [...ids.entries()];
  const columns = all.map(([names], i) => `k${i}.id AS ${identifier(`#id of ${names}`)}`);
  const joins = all.map(([, { table, ofEntity }], i) => `LEFT JOIN ${table} k${i} ON ${ofEntity(`k${i}`)}`);
  return `SELECT ${['e.*', ...columns].join(', ')} FROM ${NUMBERED} e ${joins.join(' ')}`;
};

/**
 * For every row of an entity table the features as they were at its time: of each view the newest row at or before it
 * that is not older than the view's ttl, both ends included. Every row of the entity table stands in the answer once,
 * also where it is there twice, or lacks a key or its time: such a row has no features. Works in SQL alone, so memory
 * is bounded by the engine's limit.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, INVALID_REQUEST
 * @example
 * const { query, row } = await joinViews(tables, { entities, time: '"event_timestamp"', views });
 * await tables.writeParquet(`SELECT * EXCLUDE (${row}) FROM (${query}) ORDER BY ${row}`, file);
 */
export const joinViews = async (tables: Tables, request: JoinRequest): Promise<Joined> => {
  const { entities, views } = request;
  await number(tables, request);
  const ids = await idsOf(tables, views);
  const parts: Part[] = [];
  for (const [at, view] of views.entries()) {
    const own = ids.get(keyNames(view));
    if (own) parts.push(await partOf(tables, request, { view, ids: own, at }));
  }
  const given = entities.columns.map(({ name }) => name);
  const columns = [ROW, ...given.map(identifier)].map((column) => `e.${column}`);
  const query = `SELECT ${[...columns, ...parts.flatMap((part) => part.columns)].join(', ')}
    FROM (${numberedWithIds(ids)}) e ${parts.map(({ join }) => join).join('\n')}`;
  return { query, columns: [...given, ...views.flatMap(({ wanted }) => wanted.map(({ as }) => as))], row: ROW };
};
