import { dataKeys } from '#contracts/datasets.ts';
import type { Entity, FeatureType } from '#contracts/feature-views.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { Tables } from '../ports.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP } from '../row-times.ts';
import { identifier, literal, literals } from '../sql-text.ts';
import { finite } from '../typed-columns.ts';
import type { ViewRowsRequest } from './request.ts';

const DOWNLOADS_AT_ONCE = 8;

const fetchPushed = async (
  objects: ObjectStore,
  tables: Tables,
  { prefix, storedSince }: { readonly prefix: string; readonly storedSince: Date | undefined },
): Promise<string[]> => {
  const keys = (await objects.list(prefix))
    .filter(({ bytes, modifiedAt }) => bytes > 0 && (storedSince === undefined || modifiedAt >= storedSince))
    .map(({ key }) => key);
  const local = keys.map((key) => tables.localPath(`pushed/${key}`));
  for (let i = 0; i < keys.length; i += DOWNLOADS_AT_ONCE)
    await Promise.all(keys.slice(i, i + DOWNLOADS_AT_ONCE).map((key, j) => objects.download(key, local[i + j] ?? '')));
  return local;
};

// JSON has no times: an event's is ISO 8601 text, a feature's its seconds since 1970 or such text.
const moment = (column: string): string => `CAST(TRY_CAST(${column} AS TIMESTAMPTZ) AS TIMESTAMP)`;
// A cast of 1.5 to BIGINT rounds.
const whole = (column: string): string =>
  `TRY_CAST(CASE WHEN regexp_full_match(${column}, '-?[0-9]+') THEN ${column} END AS BIGINT)`;
const time = (column: string): string => {
  const seconds = `TRY_CAST(${column} AS DOUBLE)`;
  const counted = `make_timestamp(CAST(round(${finite(seconds)} * 1e6) AS BIGINT))`;
  return `coalesce(${counted}, ${moment(`CASE WHEN ${seconds} IS NULL THEN ${column} END`)})`;
};
const values: Readonly<Record<FeatureType, (column: string) => string>> = {
  number: (column) => finite(`TRY_CAST(${column} AS DOUBLE)`),
  integer: whole,
  boolean: (column) => `TRY_CAST(${column} AS BOOLEAN)`,
  string: (column) => column,
  timestamp: time,
};
const keyOf = ({ joinKey, type }: Entity): string =>
  `${type === 'string' ? identifier(joinKey) : whole(identifier(joinKey))} AS ${identifier(joinKey)}`;

/**
 * Rows pushed to the offline store of the view: JSON lines of keys, event_timestamp, created_timestamp and features. They
 * stay while definitions change: what is of another type than the feature has now is missing, a row whose key or time is
 * of none is nobody's.
 */
export const pushedRows = async (
  objects: ObjectStore,
  tables: Tables,
  { version: { project, view, entities }, storedSince }: ViewRowsRequest,
): Promise<string[]> => {
  const files = await fetchPushed(objects, tables, { prefix: dataKeys.pushed(project, view.name), storedSince });
  if (files.length === 0) return [];
  const names = [...entities.map(({ joinKey }) => joinKey), ...view.features.map(({ name }) => name)];
  const columns = [...names, EVENT_TIMESTAMP, CREATED_TIMESTAMP].map((name) => `${literal(name)}: 'VARCHAR'`);
  const event = moment('event_timestamp');
  const selected = [
    ...entities.map(keyOf),
    `${event} AS event_timestamp`,
    `coalesce(${moment(CREATED_TIMESTAMP)}, ${event}) AS ${CREATED_TIMESTAMP}`,
    ...view.features.map(({ name, type }) => `${values[type](identifier(name))} AS ${identifier(name)}`),
  ];
  const from = `read_json(${literals(files)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
  return [`SELECT ${selected.join(', ')} FROM ${from}`];
};
