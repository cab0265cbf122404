import type { Feature, FeatureType } from '#contracts/feature-views.ts';
import { PlatformError } from '../../shared/errors.ts';
import { zonedTime } from '../zoned-time.ts';

/** What the contract of a value says: a feature, or the input of a model that came from one. */
export type ValueContract = Pick<Feature, 'name' | 'type'> &
  Partial<{ [K in 'required' | 'minimum' | 'maximum' | 'values']: Feature[K] | undefined }>;

export interface Breach {
  readonly code: 'FIELD_MISSING' | 'FIELD_TYPE_WRONG' | 'FIELD_OUT_OF_RANGE';
  readonly field: string;
  /** As a message shows it. */
  readonly value: string;
  readonly allowed: string;
}

const MOST_SHOWN = 80;
const shown = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value);
};

const allowedTypes: Readonly<Record<FeatureType, string>> = {
  number: 'a number',
  integer: 'a whole number within ±2^53',
  boolean: 'true, false, 1 or 0',
  string: 'a text',
  timestamp: 'a time with its zone such as 2026-01-31T12:00:00Z, or seconds since 1970',
};

const isNumeric = (value: unknown): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean';
const isMoment = (value: unknown): boolean => {
  if (typeof value !== 'string') return isNumeric(value);
  try {
    return Number.isFinite(zonedTime(value, 'the time').getTime());
  } catch {
    return false;
  }
};
// The same as the suite of a view says of columns: a boolean is 1 or 0 wherever numbers are.
const fits: Readonly<Record<FeatureType, (value: unknown) => boolean>> = {
  number: isNumeric,
  integer: (value) => isNumeric(value) && Number.isSafeInteger(Number(value)),
  boolean: (value) => isNumeric(value) && (Number(value) === 0 || Number(value) === 1),
  string: (value) => typeof value === 'string',
  timestamp: isMoment,
};

const comparable = (type: FeatureType, value: unknown): number | string => {
  if (type === 'string') return String(value);
  return typeof value === 'string' ? zonedTime(value, 'the time').getTime() / 1_000 : Number(value);
};

const isWithin = ({ type, minimum = -Infinity, maximum = Infinity }: ValueContract, value: unknown): boolean => {
  if (type === 'string') return true;
  const number = Number(comparable(type, value));
  return number >= minimum && number <= maximum;
};
const isAmong = ({ type, values }: ValueContract, value: unknown): boolean => {
  if (values === undefined) return true;
  const wanted = comparable(type, value);
  return values.some((one) => comparable(type, one) === wanted);
};

const MOST_LISTED = 20;
const range = ({ minimum, maximum, values }: ValueContract): string => {
  const ends = [minimum === undefined ? '' : `at least ${minimum}`, maximum === undefined ? '' : `at most ${maximum}`];
  const rest = (values?.length ?? 0) - MOST_LISTED;
  const list = values?.slice(0, MOST_LISTED).map(shown).join(', ');
  const among = list === undefined ? '' : `one of ${list}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [...ends, among].filter(Boolean).join(', ');
};

/** How values are judged: those of a table and of what is pushed, or those that a caller sends. */
interface Reading {
  readonly fits: Readonly<Record<FeatureType, (value: unknown) => boolean>>;
  readonly allowed: Readonly<Record<FeatureType, string>>;
  readonly isMissing: (value: unknown) => boolean;
}

// Who writes true for a number, or 2.5 for a count, meant another field.
const sent: Reading = {
  fits: {
    ...fits,
    number: Number.isFinite,
    integer: Number.isSafeInteger,
    timestamp: (value) => (typeof value === 'string' ? isMoment(value) : Number.isFinite(value)),
  },
  allowed: { ...allowedTypes, number: 'a finite number' },
  isMissing: (value) => value === null || value === undefined,
};

/** NaN and the infinities count as missing, as they do offline. */
export const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value));

type Check = (contract: ValueContract, value: unknown) => Breach | undefined;

const problemOf = (
  reading: Reading,
  contract: ValueContract,
  value: unknown,
): Omit<Breach, 'field' | 'value'> | undefined => {
  const { type, required } = contract;
  const allowed = reading.allowed[type];
  if (reading.isMissing(value)) return required ? { code: 'FIELD_MISSING', allowed } : undefined;
  if (!reading.fits[type](value))
    return { code: 'FIELD_TYPE_WRONG', allowed: `${allowed}${required ? '' : ', or null'}` };
  const isRight = isWithin(contract, value) && isAmong(contract, value);
  return isRight ? undefined : { code: 'FIELD_OUT_OF_RANGE', allowed: range(contract) };
};

const checkBy =
  (reading: Reading): Check =>
  (contract, value) => {
    const problem = problemOf(reading, contract, value);
    return problem && { code: problem.code, field: contract.name, value: shown(value), allowed: problem.allowed };
  };

/** Where one value breaks its contract; undefined where it does not. Missing values fit all but `required`. */
export const checkValue: Check = checkBy({ fits, allowed: allowedTypes, isMissing });

/**
 * The same of a value that a caller sends: null alone is missing, and a number is no truth value, nor infinite.
 * @example checkSent({ name: 'age', type: 'integer' }, true)?.code // 'FIELD_TYPE_WRONG'
 */
export const checkSent: Check = checkBy(sent);

/**
 * What to do about fields that were not sent; null is offered for those alone that may be missing.
 * @example sendThem([{ name: 'a' }, { name: 'b', required: true }]) // 'send them (null says "not known" for a alone)'
 */
export const sendThem = (fields: readonly Pick<ValueContract, 'name' | 'required'>[]): string => {
  const optional = fields.filter(({ required }) => !required).map(({ name }) => name);
  if (optional.length === 0) return 'send them';
  return `send them (null says "not known"${optional.length < fields.length ? ` for ${optional.join(', ')} alone` : ''})`;
};

/**
 * Everywhere that a row breaks the contract of its features: the same as their suite (`viewSuite`) says of a table.
 * @example checkRow([{ name: 'age', type: 'integer', minimum: 0 }], { age: -1 })[0]?.code // 'FIELD_OUT_OF_RANGE'
 */
export const checkRow = (features: readonly ValueContract[], row: Readonly<Record<string, unknown>>): Breach[] =>
  features.flatMap((feature) => checkValue(feature, Object.hasOwn(row, feature.name) ? row[feature.name] : null) ?? []);

/** The error that tells a caller of breaches, by the first one's code. */
export const breachError = (breaches: readonly [Breach, ...Breach[]]): PlatformError => {
  const [{ code, field, value, allowed }] = breaches;
  const sentences = breaches.slice(0, 10).map((one) => `${one.field} must be ${one.allowed}, got ${one.value}`);
  return new PlatformError(code, sentences.join('; '), { field, value, allowed, breaches: breaches.slice(0, 10) });
};

/** @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE with the field, the value and what is allowed */
export const requireRow = (features: readonly ValueContract[], row: Readonly<Record<string, unknown>>): void => {
  const [first, ...others] = checkRow(features, row);
  if (first) throw breachError([first, ...others]);
};
