import { EVENT_TIMESTAMP } from '../feature-columns.ts';
import type { Tables } from '../ports.ts';
import { identifier, literal } from '../sql-text.ts';
import type { Target } from './targets.ts';

/** Columns of a shard, which hold the rows of every view alike. */
export const shardColumns = 'key_columns, entity, "view", "values", event_ms, created_ms, expires_at';

const CREATED = 'created_timestamp';
const DAY_SECONDS = 86_400;

const timeLiteral = (time: Date): string => `TIMESTAMP ${literal(time.toISOString().replace('T', ' ').slice(0, -1))}`;

// Beyond 2^53 a whole number as JSON would be another one, and text gives the same key as the number.
const keyCell = (name: string, type: string): string =>
  type === 'DOUBLE' ? identifier(name) : `CAST(${identifier(name)} AS VARCHAR)`;

const valueCell = (name: string, type: string): string => {
  const cell = type === 'timestamp' ? `epoch(${identifier(name)})` : identifier(name);
  return `${identifier(name)} := ${cell}`;
};

/** Seconds since 1970 after which the values are not served; none for a view that holds for ever. */
const expiry = (ttlDays: number): string =>
  ttlDays === 0
    ? 'CAST(NULL AS BIGINT)'
    : `CAST(floor(epoch(newest.event)) AS BIGINT) + ${Math.floor(ttlDays * DAY_SECONDS)}`;

/** Columns of a composite key are sorted, as onlineKey sorts them. */
const keyColumns = ({ version }: Target): string[] => version.entities.map(({ joinKey }) => joinKey).sort();

const inRange = ({ range: { since } }: Target): string => {
  if (!since) return '';
  const mark = timeLiteral(since);
  return `WHERE ${EVENT_TIMESTAMP} > ${mark} OR ${CREATED} > ${mark}`;
};

/**
 * SELECT of the newest row of every key among a view's rows in a table: by event, then by when it became known, then by
 * the values, so that the same rows always give the same answer.
 */
export const newestRows = async (tables: Tables, target: Target, table: string): Promise<string> => {
  const { version } = target;
  const types = new Map((await tables.columnsOf(`FROM ${identifier(table)}`)).map(({ name, type }) => [name, type]));
  const keys = keyColumns(target);
  const cells = keys.map((name) => keyCell(name, types.get(name) ?? ''));
  const values = version.view.features.map(({ name, type }) => valueCell(name, type));
  const row = `{'event': ${EVENT_TIMESTAMP}, 'created': ${CREATED}, 'features': struct_pack(${values.join(', ')})}`;
  return `SELECT ${literal(keys.join('+'))} AS key_columns, CAST(json_array(${cells.join(', ')}) AS VARCHAR) AS entity,
    ${literal(version.name)} AS "view", CAST(to_json(newest.features) AS VARCHAR) AS "values",
    epoch_ms(newest.event) AS event_ms, epoch_ms(newest.created) AS created_ms,
    ${expiry(version.view.ttlDays)} AS expires_at
    FROM (SELECT ${keys.map(identifier).join(', ')}, max(${row}) AS newest
      FROM ${identifier(table)} ${inRange(target)} GROUP BY ${keys.map(identifier).join(', ')})`;
};
