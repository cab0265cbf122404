import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { breachError, checkSent, sendThem } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { askedValue, isAsked } from './asked-fields.ts';
import type { FeatureRecord, ModelRow } from './ports.ts';
import { checkType, type Fields, fits, shown } from './read-request.ts';
import { toModelValue } from './rows/index.ts';

export interface FeatureRow {
  /** By name, as the reply and the ledger tell them. */
  readonly used: Record<string, FeatureValue>;
  /** In the order of the model's inputs. */
  readonly row: ModelRow;
}

const checkField = (input: ModelInput, value: unknown): void => {
  checkType(input, value);
  // Models that were trained before contracts travelled with them say nothing of a range.
  const breach = input.declared && checkSent({ ...input, type: input.declared }, value);
  if (breach) throw breachError([breach]);
};

/**
 * Checks the features that a request brings; answers whether it brings them all, so that nothing has to be looked up.
 * @throws {PlatformError} FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE
 */
export const checkBrought = (inputs: readonly ModelInput[], fields: Fields): boolean => {
  let isComplete = true;
  for (const input of inputs) {
    if (Object.hasOwn(fields, input.name)) checkField(input, fields[input.name]);
    else isComplete = false;
  }
  return isComplete;
};

const missing = (inputs: readonly ModelInput[], fields: Fields, stored: FeatureRecord = {}): ModelInput[] => {
  const isKnown = (input: ModelInput): boolean =>
    Object.hasOwn(fields, input.name) || (!isAsked(input) && Object.hasOwn(stored, input.name));
  return inputs.filter((input) => !isKnown(input));
};

/** A request that brings less than a model needs. */
export interface Incomplete {
  /** What may be brought or looked up. */
  readonly inputs: readonly ModelInput[];
  readonly fields: Fields;
  /** Whether anything is ever looked up. */
  readonly isStored: boolean;
}

/** ENTITY_NOT_FOUND: neither stored features nor a full set of fields. */
export const entityNotFound = (entityId: string, { inputs, fields, isStored }: Incomplete): PlatformError => {
  const names = missing(inputs, fields).map(({ name }) => name);
  const remedy = isStored ? '; materialize them, or' : ', nor are any where a model folder is served;';
  return new PlatformError(
    'ENTITY_NOT_FOUND',
    `no features are stored for ${shown(entityId)}${remedy} send the missing fields: ${names.join(', ')}`,
    { entity: entityId, missing: names },
  );
};

/** FIELD_MISSING of a request that names no entity: nothing was looked up. */
export const fieldsNotSent = (entityKey: string, { inputs, fields, isStored }: Incomplete): PlatformError => {
  const lacking = missing(inputs, fields);
  const names = lacking.map(({ name }) => name);
  const lookUp = isStored ? `; or send ${entityKey}, so that what is stored of it is looked up` : '';
  return new PlatformError('FIELD_MISSING', `the request lacks ${names.join(', ')}; ${sendThem(lacking)}${lookUp}`, {
    fields: names,
  });
};

const fieldsMissing = (inputs: readonly ModelInput[], fields: Fields, stored: FeatureRecord): PlatformError => {
  const lacking = missing(inputs, fields, stored);
  const names = lacking.map(({ name }) => name);
  return new PlatformError(
    'FIELD_MISSING',
    `neither the request nor the stored features have ${names.join(', ')}; ${sendThem(lacking)}, or materialize the entity again`,
    { fields: names },
  );
};

const storedTypeWrong = ({ name, type }: ModelInput, value: unknown): PlatformError =>
  new PlatformError(
    'TYPE_MISMATCH',
    `the stored feature ${name} is ${shown(value)}, the model takes a ${type}; materialize the features again`,
    { field: name, allowed: type },
  );

/**
 * Joins request (checked before) and stored features, the request's winning, into the row of a model.
 * @throws {PlatformError} FIELD_MISSING for the caller; TYPE_MISMATCH when the store holds nonsense
 */
export const featureRow = (inputs: readonly ModelInput[], fields: Fields, stored: FeatureRecord): FeatureRow => {
  const used: Record<string, FeatureValue> = {};
  const row: (number | string)[] = new Array(inputs.length);
  for (const [index, input] of inputs.entries()) {
    const value = featureOf(input, fields, stored);
    if (value === undefined) throw fieldsMissing(inputs, fields, stored);
    used[input.name] = value;
    row[index] = toModelValue(input.type, value);
  }
  return { used, row };
};

const featureOf = (input: ModelInput, fields: Fields, stored: FeatureRecord): FeatureValue | undefined => {
  if (isAsked(input)) return Object.hasOwn(fields, input.name) ? askedValue(input, fields[input.name]) : undefined;
  if (Object.hasOwn(fields, input.name)) return fields[input.name] as FeatureValue;
  if (!Object.hasOwn(stored, input.name)) return undefined;
  const value = stored[input.name];
  if (fits(input, value)) return value;
  throw storedTypeWrong(input, value);
};
