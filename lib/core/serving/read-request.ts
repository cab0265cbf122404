import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

// A DynamoDB key ends at 2,048 bytes; the project and feature service stand before the entity.
const MOST_ENTITY_CHARACTERS = 512;
const MOST_TEXT_SHOWN = 80;
// Keeps a ledger line far below the 1,000 KiB of a stream record.
export const MOST_TEXT_CHARACTERS = 8_192;

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

/** A value as an error shows it: short, telling NaN from null, never walking into what may be nested deeply. */
export const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return typeof value === 'object' ? kindOf(value) : String(value);
  return JSON.stringify(value.length > MOST_TEXT_SHOWN ? `${value.slice(0, MOST_TEXT_SHOWN)}…` : value);
};

/** @throws {PlatformError} INVALID_REQUEST when it is no JSON object */
export const readFields = (body: unknown): Fields => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw new PlatformError(
    'INVALID_REQUEST',
    `a prediction takes a JSON object of fields, got ${kindOf(body)}; GET /serving/models/MODEL has an example that works`,
  );
};

// Makes no list: every request comes by.
const hasUnknown = (fields: Fields, allowed: ReadonlySet<string>): boolean => {
  for (const name in fields) if (!allowed.has(name)) return true;
  return false;
};

/** @throws {PlatformError} FIELD_UNKNOWN with every unknown field and those that are allowed */
export const refuseUnknown = (fields: Fields, allowed: ReadonlySet<string>): void => {
  if (!hasUnknown(fields, allowed)) return;
  const unknown = Object.keys(fields).filter((name) => !allowed.has(name));
  const names = [...allowed].sort();
  throw new PlatformError(
    'FIELD_UNKNOWN',
    `${unknown.slice(0, 10).map(shown).join(', ')}: this model takes no such field; allowed are ${names.join(', ')}`,
    { fields: unknown.slice(0, 10), allowed: names },
  );
};

const wrongType = (name: string, value: unknown, allowed: string): PlatformError =>
  new PlatformError('FIELD_TYPE_WRONG', `${name} must be ${allowed}, got ${shown(value)}`, {
    field: name,
    value: shown(value),
    allowed,
  });

/** Undefined for what names nothing: of an object not even a text may be made, nor of lists in lists in lists. */
const keyText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  // A whole number beyond 2^53 was rounded when the JSON was read: it would be another entity's.
  const isExact = typeof value === 'number' && Number.isFinite(value) && Number.isSafeInteger(Math.trunc(value));
  return isExact ? String(value) : undefined;
};

/** Whether a row says whose it is. */
export const namesEntity = (fields: Fields, entityKey: string): boolean => {
  const value = Object.hasOwn(fields, entityKey) ? fields[entityKey] : undefined;
  return value !== undefined && value !== null && value !== '';
};

/**
 * The entity of a request as the online store names it. Numbers and texts are taken, 17 and "17" are the same entity.
 * @throws {PlatformError} FIELD_MISSING, FIELD_TYPE_WRONG
 */
export const readEntityId = (fields: Fields, entityKey: string): string => {
  const value = fields[entityKey];
  if (!namesEntity(fields, entityKey))
    throw new PlatformError(
      'FIELD_MISSING',
      `the join key ${entityKey} is missing; every prediction names its entity, e.g. {"${entityKey}": "c-1"}`,
      { field: entityKey },
    );
  const text = keyText(value);
  if (text === undefined || text.length > MOST_ENTITY_CHARACTERS)
    throw wrongType(
      entityKey,
      value,
      `a text of at most ${MOST_ENTITY_CHARACTERS} characters, or a number below 2^53; larger ones go as text`,
    );
  return text;
};

/**
 * What keeps a caller with a variant; undefined where the request does not say.
 * @throws {PlatformError} FIELD_TYPE_WRONG
 */
export const readSticky = (fields: Fields, stickyKey: string): string | undefined => {
  const value = Object.hasOwn(fields, stickyKey) ? fields[stickyKey] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  throw wrongType(stickyKey, value, 'a text or a number');
};

const isNumber = (value: unknown, precision: ModelInput['precision']): boolean => {
  if (typeof value !== 'number') return typeof value === 'boolean';
  return Number.isFinite(precision === 'double' ? value : Math.fround(value));
};

const isShortText = (value: unknown): boolean => typeof value === 'string' && value.length <= MOST_TEXT_CHARACTERS;

/** Whether a value can stand in a model input; null says that it is missing. Booleans count as 1 and 0. */
export const fits = ({ type, precision }: ModelInput, value: unknown): value is FeatureValue =>
  value === null || (type === 'number' ? isNumber(value, precision) : isShortText(value));

const numberAllowed = ({ declared, precision }: ModelInput): string => {
  // Where the model computes in float32, larger numbers would become infinite.
  const finite = `a finite number${precision === 'double' ? '' : ' within ±3.4e38'}`;
  if (declared === 'integer') return 'a whole number within ±2^53';
  if (declared === 'boolean') return 'true, false, 1 or 0';
  if (declared === 'timestamp') return `${finite}: seconds since 1970`;
  return declared === undefined ? `${finite}, true, false` : finite;
};

/** What a field may be, by its declared type; models from before contracts travelled with them take any of it. */
const allowedOf = (input: ModelInput): string => {
  const some = input.type === 'number' ? numberAllowed(input) : `a text of at most ${MOST_TEXT_CHARACTERS} characters`;
  return input.required ? some : `${some} or null`;
};

/** @throws {PlatformError} FIELD_TYPE_WRONG with the field, the value and what is allowed */
export const checkType = (input: ModelInput, value: unknown): void => {
  if (fits(input, value)) return;
  throw wrongType(input.name, value, allowedOf(input));
};
