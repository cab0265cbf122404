import type { FieldDescription } from './fields.ts';

export type Json = Readonly<Record<string, unknown>>;

const FLOAT_LARGEST = 3.4e38;

const typesOf = ({ declared, type, required }: FieldDescription): string[] => {
  if (declared === 'integer') return ['integer'];
  if (declared === 'boolean') return ['boolean', 'integer'];
  // A time that is stored is seconds, one that is asked for may be written.
  if (declared === 'timestamp') return required ? ['number', 'string'] : ['number'];
  // Where nothing is declared, a truth value counts as 1 or 0.
  return type === 'number' && declared === undefined ? ['number', 'boolean'] : [type];
};

const timeAs = ({ required }: FieldDescription): string =>
  `a moment: seconds since 1970${required ? ', or a text as ISO 8601 has it, with its zone' : ''}`;

/** A join key names an entity as text or number; by null where nothing is stored, and so nothing is looked up. */
export const keySchema = ({ required }: FieldDescription): Json => ({
  type: ['string', 'integer', ...(required ? [] : ['null'])],
  description: required ? 'names the entity, whose stored features are looked up' : 'names the entity in the ledger',
});

const TRUTHS = [true, false, 1, 0];

/** All that a field may be; undefined where that is no list. */
const listOf = ({ declared, type, values }: FieldDescription): readonly unknown[] | undefined => {
  const isAmong = (truth: boolean | number): boolean => values?.includes(String(Boolean(truth))) ?? true;
  if (declared === 'boolean') return TRUTHS.filter(isAmong);
  if (declared === 'timestamp') return undefined;
  return type === 'number' ? values?.map(Number) : values;
};

/** Whether it could be larger than the model holds: whole numbers and times that may be written end before. */
const isFloat = ({ declared, type, precision, required }: FieldDescription): boolean =>
  type === 'number' && precision !== 'double' && declared !== 'integer' && !(declared === 'timestamp' && required);

const rangeOf = (field: FieldDescription): Json => {
  const { minimum, maximum } = field;
  const least = minimum ?? (isFloat(field) ? -FLOAT_LARGEST : undefined);
  const most = maximum ?? (isFloat(field) ? FLOAT_LARGEST : undefined);
  return { ...(least !== undefined && { minimum: least }), ...(most !== undefined && { maximum: most }) };
};

/** What a field of a request may be, as JSON Schema has it. */
export const fieldSchema = (field: FieldDescription): Json => {
  const none = field.nullable ? [null] : [];
  const list = listOf(field);
  return {
    type: [...typesOf(field), ...(field.nullable ? ['null'] : [])],
    ...(list ? { enum: [...list, ...none] } : rangeOf(field)),
    ...(field.declared === 'timestamp' && { description: timeAs(field) }),
  };
};
