import type { Tables } from '../ports.ts';
import { identifier } from '../sql-text.ts';
import { keySql } from '../typed-columns.ts';
import type { JoinRequest, ViewToJoin } from './types.ts';

/** Numbers for the keys that an entity table holds: they sort faster than text and make one column of several. */
export interface KeyIds {
  /** Name of the table with the columns k0, k1, … and id. */
  readonly table: string;
  /** Condition under which a row of the entity table, called e, has the id of this table's alias. */
  readonly ofEntity: (alias: string) => string;
  /** Condition under which a row of the view, called v, has the id of this table's alias. */
  readonly ofView: (alias: string) => string;
}

const sorted = ({ entities }: ViewToJoin) => entities.toSorted((a, b) => (a.joinKey < b.joinKey ? -1 : 1));

/** Views with the same keys share their ids. */
export const keyNames = (view: ViewToJoin): string =>
  sorted(view)
    .map(({ joinKey }) => joinKey)
    .join(' + ');

const same = (columns: readonly string[]) => (alias: string) =>
  columns.map((column, i) => `${alias}.k${i} = ${column}`).join(' AND ');

const entityKey = (joinKey: string): string => identifier(`#key ${joinKey}`);

/** Makes the table of ids. Keys of the entity table stand in it as columns "#key {joinKey}". */
export const keyIds = async (tables: Tables, entities: string, view: ViewToJoin): Promise<KeyIds> => {
  const table = identifier(`ids of ${keyNames(view)}`);
  const keys = sorted(view).map(({ joinKey }) => joinKey);
  const columns = keys.map((key, i) => `${entityKey(key)} AS k${i}`);
  const filled = keys.map((key) => `${entityKey(key)} IS NOT NULL`).join(' AND ');
  await tables.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT *, CAST(row_number() OVER () AS INTEGER) AS id
     FROM (SELECT DISTINCT ${columns.join(', ')} FROM ${entities} WHERE ${filled})`,
  );
  return {
    table,
    ofEntity: same(keys.map((key) => `e.${entityKey(key)}`)),
    ofView: same(keys.map((key) => `v.${identifier(key)}`)),
  };
};

/**
 * The keys of all views as columns beside those of the entity table. Without a time a row has no keys either: the engine
 * would take the missing time for one after all others.
 * @throws COLUMN_MISSING, TYPE_MISMATCH
 */
export const entityKeys = ({ entities, time, views }: JoinRequest): string[] => {
  const all = new Map(views.flatMap((view) => view.entities).map((entity) => [entity.joinKey, entity] as const));
  const key = (entity: ViewToJoin['entities'][number]) =>
    `CASE WHEN ${time} IS NOT NULL THEN ${keySql(entities, entity)} END`;
  return [...all.values()].map((entity) => `${key(entity)} AS ${entityKey(entity.joinKey)}`);
};
