import type { FeatureType } from '#contracts/feature-views.ts';
import { timestampText } from './parse-timestamp.ts';
import { booleanOfText, integerOfText, numberOfText, textOfNumber } from './text-numbers.ts';
import type { Run, ScalarType, Value } from './types.ts';
import { isInteger64, wholeValue } from './whole.ts';

/** Undefined says that the value cannot be cast. */
type Convert = (value: never) => Value | undefined;
const convert = <A extends Value>(f: (value: A) => Value | undefined): Convert => f as Convert;
const same = convert((value: Value) => value);

/** Halves to the even neighbour, as the engine casts: unlike round(). */
const nearestEven = (x: number): Value | undefined => {
  if (!Number.isFinite(x)) return undefined;
  const floor = Math.floor(x);
  const above = x - floor;
  const isUp = above > 0.5 || (above === 0.5 && floor % 2 !== 0);
  const whole = BigInt(isUp ? floor + 1 : floor);
  return isInteger64(whole) ? wholeValue(whole) : undefined;
};

const casts: Readonly<Record<string, Convert>> = {
  'number integer': convert(nearestEven),
  'number boolean': convert((x: number) => x !== 0),
  'number string': convert(textOfNumber),
  'integer number': convert((x: number | bigint) => Number(x)),
  'integer boolean': convert((x: number | bigint) => x !== 0),
  'integer string': convert((x: number | bigint) => String(x)),
  'boolean number': convert((x: boolean) => Number(x)),
  'boolean integer': convert((x: boolean) => Number(x)),
  'boolean string': convert((x: boolean) => String(x)),
  'string number': convert(numberOfText),
  'string integer': convert(integerOfText),
  'string boolean': convert(booleanOfText),
  'timestamp string': convert(timestampText),
};

const castOf = (from: ScalarType, to: FeatureType): Convert | undefined =>
  from === to || from === 'null' ? same : casts[`${from} ${to}`];

export const canCast = (from: ScalarType, to: FeatureType): boolean => castOf(from, to) !== undefined;

/** Missing where a value cannot be cast. */
export const castRun = (cast: { from: ScalarType; to: FeatureType }, operand: Run): Run => {
  const change = castOf(cast.from, cast.to) as ((value: Value) => Value | undefined) | undefined;
  return (row) => {
    const value = operand(row);
    return value === null ? null : (change?.(value) ?? null);
  };
};
