import type { Tables } from '../ports.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP, newestFirst } from '../row-times.ts';
import { identifier, literal, timestampLiteral } from '../sql-text.ts';
import type { Target } from './targets.ts';

/** Columns of a shard, which hold the rows of every view alike. */
export const shardColumns = 'key_columns, entity, "view", "values", event_ms, created_ms, expires_at';

const DAY_SECONDS = 86_400;

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
    : `CAST(floor(epoch(${EVENT_TIMESTAMP})) AS BIGINT) + ${Math.floor(ttlDays * DAY_SECONDS)}`;

/** Columns of a composite key are sorted, as onlineKey sorts them. */
const keyColumns = ({ version }: Target): string[] => version.entities.map(({ joinKey }) => joinKey).sort();

const byNewest = ({ version: { view } }: Target): string =>
  `${EVENT_TIMESTAMP} DESC NULLS LAST, ${newestFirst(view.features.map(({ name }) => name))}`;

const inRange = ({ range: { since } }: Target): string => {
  if (!since) return '';
  const mark = timestampLiteral(since);
  return ` WHERE ${EVENT_TIMESTAMP} > ${mark} OR ${CREATED_TIMESTAMP} > ${mark}`;
};

interface RowTables {
  /** Everything that is known of the view. */
  readonly all: string;
  /** What was stored since the last time: taken whatever its times are. */
  readonly late?: string | undefined;
}

/**
 * SELECT of the newest row of every key among a view's rows: by event, then by when it became known, then by
 * the values, as the point-in-time join chooses: what is served is what was trained on.
 */
export const newestRows = async (tables: Tables, target: Target, { all, late }: RowTables): Promise<string> => {
  const { version } = target;
  const rows = `FROM ${identifier(all)}${inRange(target)}${late ? ` UNION ALL BY NAME FROM ${identifier(late)}` : ''}`;
  const types = new Map((await tables.columnsOf(rows)).map(({ name, type }) => [name, type]));
  const keys = keyColumns(target);
  const cells = keys.map((name) => keyCell(name, types.get(name) ?? ''));
  const values = version.view.features.map(({ name, type }) => valueCell(name, type));
  const window = `PARTITION BY ${keys.map(identifier).join(', ')} ORDER BY ${byNewest(target)}`;
  return `SELECT ${literal(keys.join('+'))} AS key_columns, CAST(json_array(${cells.join(', ')}) AS VARCHAR) AS entity,
    ${literal(version.name)} AS "view", CAST(to_json(struct_pack(${values.join(', ')})) AS VARCHAR) AS "values",
    epoch_ms(${EVENT_TIMESTAMP}) AS event_ms, epoch_ms(${CREATED_TIMESTAMP}) AS created_ms,
    ${expiry(version.view.ttlDays)} AS expires_at
    FROM (SELECT * FROM (${rows}) QUALIFY row_number() OVER (${window}) = 1)`;
};
