import type { FeatureType } from '#contracts/feature-views.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { breachError, checkSent, checkValue, featureValueOf, scalarOf, sendThem } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { checkType, type Fields } from './read-request.ts';

/** Whether the caller must bring it, since nothing is stored of it. */
export const isAsked = ({ source }: ModelInput): boolean => source === 'request';

const declaredOf = ({ declared, type }: ModelInput): FeatureType => declared ?? type;

/** A field as features are computed from it: a time is seconds since 1970, as the data sets of training hold it. */
export const askedValue = (input: ModelInput, value: unknown): FeatureValue => {
  const declared = declaredOf(input);
  return featureValueOf(declared, scalarOf(declared, value));
};

const fieldsMissing = (inputs: readonly ModelInput[]): PlatformError => {
  const names = inputs.map(({ name }) => name);
  return new PlatformError(
    'FIELD_MISSING',
    `the request lacks ${names.join(', ')}, from which the model computes features; ${sendThem(inputs)}`,
    { fields: names },
  );
};

const checkOne = (input: ModelInput, value: unknown): void => {
  const { declared, type } = input;
  // Without a declared type a truth value counts as a number, but NaN is none: it would be read as missing below.
  if (declared === undefined) checkType(input, value);
  const breach = declared ? checkSent({ ...input, type: declared }, value) : checkValue({ ...input, type }, value);
  if (breach) throw breachError([breach]);
  checkType(input, askedValue(input, value));
};

/**
 * Holds the fields that a graph asks of every request against their contract.
 * @throws {PlatformError} FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE
 */
export const checkAsked = (asked: readonly ModelInput[], fields: Fields): void => {
  const missing = asked.filter(({ name }) => !Object.hasOwn(fields, name));
  if (missing.length > 0) throw fieldsMissing(missing);
  for (const input of asked) checkOne(input, fields[input.name]);
};
