import type { FeatureType } from '#contracts/feature-views.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { isAsked } from '../asked-fields.ts';
import { MOST_TEXT_CHARACTERS } from '../read-request.ts';

type IsPlain = (value: unknown) => boolean;
const never: IsPlain = () => false;

const finite = (precision: ModelInput['precision']): ((value: number) => boolean) =>
  precision === 'double' ? Number.isFinite : (value) => Number.isFinite(Math.fround(value));

/** Types that say no more than that a value is a number, where nothing else is said of it. */
const isBare = ({ declared, minimum, maximum, values }: ModelInput): boolean =>
  (declared === 'number' || declared === 'timestamp') && [minimum, maximum, values].every((one) => one === undefined);

const ofType: Readonly<Record<FeatureType, (value: number) => boolean>> = {
  number: () => true,
  timestamp: () => true,
  integer: Number.isSafeInteger,
  boolean: (value) => value === 0 || value === 1,
  string: () => false,
};

const plainNumber = (input: ModelInput): IsPlain => {
  const { precision, declared, minimum, maximum, values } = input;
  const isHeld = finite(precision);
  if (declared === undefined || isBare(input)) return (value) => typeof value === 'number' && isHeld(value);
  const isTyped = ofType[declared];
  const [least, most] = [minimum ?? Number.NEGATIVE_INFINITY, maximum ?? Number.POSITIVE_INFINITY];
  const among = values && new Set(values.map(Number));
  return (value) =>
    typeof value === 'number' &&
    isHeld(value) &&
    isTyped(value) &&
    value >= least &&
    value <= most &&
    (among === undefined || among.has(value));
};

const plainText = ({ declared, values }: ModelInput): IsPlain => {
  if (declared !== undefined && declared !== 'string') return never;
  const among = declared && values && new Set(values.map(String));
  return (value) =>
    typeof value === 'string' && value.length <= MOST_TEXT_CHARACTERS && (among === undefined || among.has(value));
};

/** Fields that features are computed from are read in their declared type: only what comes out as it went in is plain. */
const plainAsked = (input: ModelInput): IsPlain => {
  const declared = input.declared ?? input.type;
  if (input.type === 'string') {
    const isPlain = plainText({ ...input, declared });
    return (value) => isPlain(value) && (value as string).isWellFormed();
  }
  return declared === 'number' || declared === 'integer' ? plainNumber({ ...input, declared }) : never;
};

/**
 * Tells the values of a request's field that need no second look: they meet the contract and are used as they came.
 * What it refuses may still be right; that is for the checks with messages to say.
 */
export const plainValue = (input: ModelInput): IsPlain => {
  if (isAsked(input)) return plainAsked(input);
  const isPlain = input.type === 'number' ? plainNumber(input) : plainText(input);
  // Only values with a contract can be required.
  const mayBeNull = !(input.required && input.declared !== undefined);
  return mayBeNull ? (value) => value === null || isPlain(value) : isPlain;
};
