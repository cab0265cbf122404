import type { FeatureValue } from '#contracts/online.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { FieldDescription } from './fields.ts';

type Golden = ServingFacts['goldenRows'][number]['inputs'];

/** The first of 2026, seconds since 1970. */
const SOME_TIME = 1_767_225_600;

const truthOf = (value: FeatureValue): boolean => value === true || value === 1 || value === '1' || value === 'true';

const within = ({ minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: FieldDescription): number =>
  Math.min(Math.max(1, minimum), maximum);

/** A value that the field's contract allows. */
const someValue = (field: FieldDescription): FeatureValue => {
  const [first] = field.values ?? [];
  if (field.declared === 'boolean') return first === undefined || truthOf(first);
  if (field.declared === 'timestamp') return SOME_TIME;
  if (field.type === 'string') return first ?? 'text';
  return first === undefined ? within(field) : Number(first);
};

/** A value of training is the best example there is. */
const exampleValue = (field: FieldDescription, golden: Golden): FeatureValue => {
  const value = Object.hasOwn(golden, field.name) ? golden[field.name] : undefined;
  if (value === undefined || value === null || value === '') return someValue(field);
  return field.declared === 'boolean' ? truthOf(value) : value;
};

const missing = ({ inputs }: ServingFacts['goldenRows'][number]): number =>
  Object.values(inputs).filter((value) => value === null).length;

/** A request that a model answers without anything stored, of its most complete golden row. */
export const exampleRequest = (
  { goldenRows, entityKey }: Pick<ServingFacts, 'goldenRows' | 'entityKey'>,
  fields: readonly FieldDescription[],
): Record<string, FeatureValue> => {
  const [best] = goldenRows.toSorted((one, other) => missing(one) - missing(other));
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.name === entityKey ? 'example-1' : exampleValue(field, best?.inputs ?? {}),
    ]),
  );
};
