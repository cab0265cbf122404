import type { Value } from '../types.ts';
import { integer64, wholeValue } from '../whole.ts';
import { binary, type Make, named, type Overload, type ScalarFunction, unary, type Written } from './function-entry.ts';

type Whole = number | bigint;
const digits: Written = { from: -15, to: 15 };

const ofNumber = (f: (x: number) => Value): Overload[] => [{ takes: ['number'], gives: 'number', make: unary(f) }];

/** Half away from zero. */
const round = (x: number): number => {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
};

const roundTo = (x: number, places: number): number => {
  const power = Number(`1e${Math.abs(places)}`);
  const rounded = places < 0 ? round(x / power) * power : round(x * power) / power;
  if (Number.isFinite(rounded)) return rounded;
  return places < 0 ? 0 : x;
};

// The engine rounds integers within 64 bits, so the very largest wrap round.
const roundWhole = (x: Whole, places: number): Value => {
  if (places >= 0) return x;
  const power = 10n ** BigInt(-places);
  const half = x < 0 ? -power / 2n : power / 2n;
  return wholeValue((BigInt.asIntN(64, BigInt(x) + half) / power) * power);
};

const within =
  (isAllowed: (x: number) => boolean, f: (x: number) => number) =>
  (x: number): number | null =>
    isAllowed(x) || Number.isNaN(x) ? f(x) : null;
const above = (x: number): boolean => x > 0;

// C gives 1 where JavaScript gives NaN.
const power = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

const sign = (x: Whole): Value => {
  if (x > 0) return 1;
  return x < 0 ? -1 : 0;
};
const test = (f: (x: number) => boolean): Overload[] => [{ takes: ['number'], gives: 'boolean', make: unary(f) }];

const withDigits = (f: (x: never, digits: number) => Value): Make => binary(f as (x: Value, y: Value) => Value);

/** Functions of numbers. */
export const numbers: readonly ScalarFunction[] = [
  named({
    name: 'abs',
    mayFail: true,
    usage: 'abs(x)',
    meaning: 'without its sign',
    overloads: [
      { takes: ['integer'], gives: 'integer', make: unary((x: Whole) => integer64(x < 0 ? -BigInt(x) : BigInt(x))) },
      { takes: ['number'], gives: 'number', make: unary((x: number) => Math.abs(x)) },
    ],
  }),
  named({
    name: 'round',
    usage: 'round(x), round(x, digits)',
    meaning: 'nearest, halves away from zero; digits is written out, -15 to 15',
    overloads: [
      { takes: ['integer'], gives: 'integer', make: unary((x: Value) => x) },
      { takes: ['number'], gives: 'number', make: unary(round) },
      { takes: ['integer', digits], gives: 'integer', make: withDigits(roundWhole) },
      { takes: ['number', digits], gives: 'number', make: withDigits(roundTo) },
    ],
    sql: ([x = ''], [, written]) => {
      const places = written?.kind === 'literal' ? `, ${written.value}` : '';
      return `round(${x}${places})`;
    },
  }),
  named({ name: 'floor', usage: 'floor(x)', meaning: 'next whole number below', overloads: ofNumber(Math.floor) }),
  named({
    name: 'ceil',
    aliases: ['ceiling'],
    usage: 'ceil(x)',
    meaning: 'next whole number above',
    overloads: ofNumber(Math.ceil),
  }),
  named({
    name: 'ln',
    mayFail: true,
    usage: 'ln(x)',
    meaning: 'natural logarithm; NULL unless x > 0',
    overloads: ofNumber(within(above, Math.log)),
  }),
  named({
    name: 'log10',
    mayFail: true,
    usage: 'log10(x)',
    meaning: 'logarithm to the base 10; NULL unless x > 0',
    overloads: ofNumber(within(above, Math.log10)),
  }),
  named({ name: 'exp', usage: 'exp(x)', meaning: 'e to the power of x', overloads: ofNumber(Math.exp) }),
  named({
    name: 'sqrt',
    mayFail: true,
    usage: 'sqrt(x)',
    meaning: 'square root; NULL unless x >= 0',
    overloads: ofNumber(within((x) => x >= 0, Math.sqrt)),
  }),
  named({
    name: 'pow',
    aliases: ['power'],
    usage: 'pow(x, y)',
    meaning: 'x to the power of y',
    overloads: [{ takes: ['number', 'number'], gives: 'number', make: binary(power) }],
  }),
  named({
    name: 'sign',
    usage: 'sign(x)',
    meaning: '-1, 0 or 1',
    isAlwaysInteger: true,
    overloads: [
      { takes: ['integer'], gives: 'integer', make: unary(sign) },
      { takes: ['number'], gives: 'integer', make: unary(sign) },
    ],
  }),
  named({ name: 'isnan', usage: 'isnan(x)', meaning: 'whether it is NaN', overloads: test(Number.isNaN) }),
  named({
    name: 'isfinite',
    usage: 'isfinite(x)',
    meaning: 'neither NaN nor infinite',
    overloads: test(Number.isFinite),
  }),
];
