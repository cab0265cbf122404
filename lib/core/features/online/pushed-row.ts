import type { Entity, Feature, FeatureType } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { type FeatureValue, type OnlineRow, onlineKey } from '#contracts/online.ts';
import { isPlatformError, PlatformError } from '../../shared/errors.ts';
import { breachError, checkRow, isMissing } from '../contract/index.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP } from '../row-times.ts';
import { type Columns, type ColumnValue, columnOf, rowCount } from './entity-rows.ts';
import { joinKeyText, wrongType } from './join-key.ts';

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

const A_TIME = 'a time such as 2026-01-31T12:00:00Z, or seconds since 1970, in the years 1 to 9999';
// Times are compared as text of one length. Milliseconds taken for seconds lie far beyond.
const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const isInYears = (time: Date): boolean => time.getTime() >= FIRST_MS && time.getTime() <= LAST_MS;

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

interface Given {
  readonly name: string;
  readonly value: string | number;
  readonly row: number;
}

const readTime = ({ time }: Reading, { name, value }: Given): Date | undefined => {
  if (typeof value === 'number') return new Date(value * 1_000);
  try {
    return time(value, name);
  } catch (error) {
    if (isPlatformError(error) && error.code === 'INVALID_REQUEST') return undefined;
    throw error;
  }
};

/** @throws TIMESTAMP_WITHOUT_ZONE; FIELD_TYPE_WRONG for what is no time, as 30 February, and for years beyond 9999 */
const timeOf = (reading: Reading, given: Given): Date => {
  const time = readTime(reading, given);
  if (time && isInYears(time)) return time;
  throw wrongType(given.name, given.row, { value: given.value, allowed: A_TIME });
};

/** Times become seconds; those that are text by the reader of the request. */
const givenValue = (reading: Reading, { name, type }: Feature, row: number): unknown => {
  const value = column(reading, name)[row] ?? null;
  if (type !== 'timestamp' || isMissing(value)) return value;
  if (typeof value === 'number') timeOf(reading, { name, value, row });
  return typeof value === 'string' ? timeOf(reading, { name, value, row }).getTime() / 1_000 : value;
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

const moment = (reading: Reading, name: string, row: number): Date | undefined => {
  const value = columnOf(reading.columns, name)?.[row] ?? null;
  if (value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return timeOf(reading, { name, value, row });
  throw wrongType(name, row, { value, allowed: A_TIME });
};

const keyPart = (reading: Reading, entity: Entity, row: number): string =>
  joinKeyText(entity, column(reading, entity.joinKey)[row] ?? null, row);

const rowAt = (reading: Reading, row: number): PushedRow => {
  const { entities } = reading.version;
  const event = moment(reading, EVENT_TIMESTAMP, row);
  if (!event) throw wrongType(EVENT_TIMESTAMP, row, { value: null, allowed: A_TIME });
  return {
    key: Object.fromEntries(entities.map((entity) => [entity.joinKey, keyPart(reading, entity, row)])),
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

/** Whether a row is older than its view's ttl: both ends belong to it. */
export const isExpired = ({ view }: FeatureViewVersion, { event }: PushedRow, now: Date): boolean =>
  view.ttlDays > 0 && event.getTime() + view.ttlDays * DAY_SECONDS * 1_000 < now.getTime();

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
