import type { Feature, FeatureType } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { type FeatureValue, type OnlineRow, onlineKey } from '#contracts/online.ts';
import { PlatformError } from '../../shared/errors.ts';
import { breachError, checkRow, isMissing } from '../contract/index.ts';
import { EVENT_TIMESTAMP } from '../feature-columns.ts';
import { type Columns, type ColumnValue, columnOf, rowCount } from './entity-rows.ts';

export const CREATED_TIMESTAMP = 'created_timestamp';
const DAY_SECONDS = 86_400;

/** Reads a moment out of text. @throws TIMESTAMP_WITHOUT_ZONE, INVALID_REQUEST */
export type TimeReader = (text: string, called: string) => Date;

/** A row of one view, checked. */
export interface PushedRow {
  readonly key: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, FeatureValue>>;
  readonly event: Date;
  readonly created: Date;
}

interface Reading {
  readonly version: FeatureViewVersion;
  readonly columns: Columns;
  readonly time: TimeReader;
  readonly now: Date;
}

const wrong = (column: string, row: number, of: { value: unknown; allowed: string }): PlatformError =>
  new PlatformError(
    'FIELD_TYPE_WRONG',
    `"${column}" of row ${row + 1} must be ${of.allowed}, got ${typeof of.value} ${String(of.value).slice(0, 100)}`,
    { field: column, row: row + 1, allowed: of.allowed },
  );

const A_TIME = 'a time such as 2026-01-31T12:00:00Z, or seconds since 1970';

const kept: Readonly<Record<FeatureType, (value: unknown) => FeatureValue>> = {
  number: Number,
  integer: Number,
  boolean: (value) => Number(value) === 1,
  string: String,
  timestamp: Number,
};

const column = ({ columns, version }: Reading, name: string): readonly ColumnValue[] => {
  const found = columnOf(columns, name);
  if (found) return found;
  throw new PlatformError(
    'FIELD_MISSING',
    `rows of view "${version.name}" need the column "${name}"; they have: ${Object.keys(columns).join(', ')}`,
    { view: version.name, field: name },
  );
};

/** Times that are text become seconds, by the reader of the request. */
const givenValue = (reading: Reading, { name, type }: Feature, row: number): unknown => {
  const value = column(reading, name)[row] ?? null;
  return type === 'timestamp' && typeof value === 'string' ? reading.time(value, name).getTime() / 1_000 : value;
};

/** @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE with the row */
const featureValues = (reading: Reading, row: number): Record<string, FeatureValue> => {
  const { features } = reading.version.view;
  const given = Object.fromEntries(features.map((feature) => [feature.name, givenValue(reading, feature, row)]));
  const [first, ...others] = checkRow(features, given);
  if (first) {
    const { code, message, details } = breachError([first, ...others]);
    throw new PlatformError(code, `row ${row + 1}: ${message}`, { ...details, row: row + 1 });
  }
  const keptOf = ({ name, type }: Feature) => (isMissing(given[name]) ? null : kept[type](given[name]));
  return Object.fromEntries(features.map((feature) => [feature.name, keptOf(feature)]));
};

const keyPart = (reading: Reading, name: string, row: number): string => {
  const value = column(reading, name)[row] ?? null;
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  throw wrong(name, row, { value, allowed: 'text or a number, since it is a join key' });
};

const moment = (reading: Reading, name: string, row: number): Date | undefined => {
  const value = columnOf(reading.columns, name)?.[row] ?? null;
  if (value === null) return undefined;
  if (typeof value === 'string') return reading.time(value, name);
  const time = new Date(Number(value) * 1_000);
  if (typeof value === 'number' && !Number.isNaN(time.getTime())) return time;
  throw wrong(name, row, { value, allowed: A_TIME });
};

const rowAt = (reading: Reading, row: number): PushedRow => {
  const { entities } = reading.version;
  const event = moment(reading, EVENT_TIMESTAMP, row);
  if (!event) throw wrong(EVENT_TIMESTAMP, row, { value: null, allowed: A_TIME });
  return {
    key: Object.fromEntries(entities.map(({ joinKey }) => [joinKey, keyPart(reading, joinKey, row)])),
    values: featureValues(reading, row),
    event,
    created: moment(reading, CREATED_TIMESTAMP, row) ?? reading.now,
  };
};

/**
 * Rows of one view out of columns: its join keys, its features, event_timestamp; created_timestamp may be there.
 * @throws FIELD_MISSING, FIELD_TYPE_WRONG with the row, TIMESTAMP_WITHOUT_ZONE
 */
export const pushedRows = (reading: Reading): PushedRow[] => {
  column(reading, EVENT_TIMESTAMP);
  return Array.from({ length: rowCount(reading.columns) }, (_, row) => rowAt(reading, row));
};

const expiry = ({ view }: FeatureViewVersion, event: Date) =>
  view.ttlDays > 0 && { expiresAt: Math.floor(event.getTime() / 1_000 + view.ttlDays * DAY_SECONDS) };

export const onlineRow = (version: FeatureViewVersion, { key, values, event, created }: PushedRow): OnlineRow => ({
  pk: onlineKey(version.project, key),
  view: version.name,
  values,
  eventTime: event.toISOString(),
  createdTime: created.toISOString(),
  ...expiry(version, event),
});
