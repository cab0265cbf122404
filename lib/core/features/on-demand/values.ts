import type { FeatureType } from '#contracts/feature-views.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { Value } from '../../expressions/index.ts';
import { isMissing } from '../contract/check-row.ts';
import { zonedTime } from '../zoned-time.ts';

const MICROS = 1_000_000;
const safe = (value: number): number | null => (Number.isSafeInteger(value) ? value : null);
const micros = (value: unknown): number | null =>
  safe(typeof value === 'string' ? zonedTime(value, 'the time').getTime() * 1_000 : Math.round(Number(value) * MICROS));

const readers: Readonly<Record<FeatureType, (value: unknown) => Value>> = {
  number: Number,
  integer: (value) => safe(Number(value)),
  boolean: (value) => Number(value) === 1,
  string: (value) => String(value).toWellFormed(),
  timestamp: micros,
};

/** A JSON value as expressions have it. */
export const scalarOf = (type: FeatureType, value: unknown): Value => (isMissing(value) ? null : readers[type](value));

/** What an expression gave in its declared type: infinities and NaN count as missing. */
export const keptAs = (type: FeatureType, value: Value): Value => {
  if (type !== 'number' || value === null) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

/** A value in its declared type as JSON has it: a time is seconds since 1970. */
export const featureValueOf = (type: FeatureType, value: Value): FeatureValue => {
  if (type === 'timestamp' && value !== null) return Number(value) / MICROS;
  return typeof value === 'bigint' ? Number(value) : value;
};
