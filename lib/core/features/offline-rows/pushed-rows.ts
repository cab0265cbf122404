import { dataKeys } from '#contracts/datasets.ts';
import type { Feature } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { Tables } from '../ports.ts';
import { identifier, literal, literals } from '../sql-text.ts';
import { sqlTypes } from '../typed-columns.ts';

const DOWNLOADS_AT_ONCE = 8;

const fetchPushed = async (objects: ObjectStore, tables: Tables, prefix: string): Promise<string[]> => {
  const keys = (await objects.list(prefix)).filter(({ bytes }) => bytes > 0).map(({ key }) => key);
  const local = keys.map((key) => tables.localPath(`pushed/${key}`));
  for (let i = 0; i < keys.length; i += DOWNLOADS_AT_ONCE)
    await Promise.all(keys.slice(i, i + DOWNLOADS_AT_ONCE).map((key, j) => objects.download(key, local[i + j] ?? '')));
  return local;
};

// JSON has no times: an event's is ISO 8601 text, a feature's its seconds since 1970 or such text.
const moment = (column: string): string => `CAST(CAST(${column} AS TIMESTAMPTZ) AS TIMESTAMP)`;
const declared = ({ name, type }: Feature): string => {
  const column = identifier(name);
  if (type !== 'timestamp') return column;
  const seconds = `make_timestamp(CAST(round(TRY_CAST(${column} AS DOUBLE) * 1e6) AS BIGINT))`;
  return `coalesce(${seconds}, ${moment(`CASE WHEN TRY_CAST(${column} AS DOUBLE) IS NULL THEN ${column} END`)}) AS ${column}`;
};

/** Rows pushed to the offline store of the view: JSON lines of keys, event_timestamp, created_timestamp and features. */
export const pushedRows = async (
  objects: ObjectStore,
  tables: Tables,
  { project, view, entities }: FeatureViewVersion,
): Promise<string[]> => {
  const files = await fetchPushed(objects, tables, dataKeys.pushed(project, view.name));
  if (files.length === 0) return [];
  const types = {
    ...Object.fromEntries(entities.map(({ joinKey, type }) => [joinKey, type === 'string' ? 'VARCHAR' : 'BIGINT'])),
    event_timestamp: 'VARCHAR',
    created_timestamp: 'VARCHAR',
    ...Object.fromEntries(
      view.features.map(({ name, type }) => [name, type === 'timestamp' ? 'VARCHAR' : sqlTypes[type]]),
    ),
  };
  const columns = Object.entries(types).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  const event = moment('event_timestamp');
  const selected = [
    ...entities.map(({ joinKey }) => identifier(joinKey)),
    `${event} AS event_timestamp`,
    `coalesce(${moment('created_timestamp')}, ${event}) AS created_timestamp`,
    ...view.features.map(declared),
  ];
  const from = `read_json(${literals(files)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
  return [`SELECT ${selected.join(', ')} FROM ${from}`];
};
