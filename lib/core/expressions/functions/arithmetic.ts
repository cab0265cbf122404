import type { Value } from '../types.ts';
import { integer64 } from '../whole.ts';
import { binary, infix, type Overload, type ScalarFunction, unary } from './function-entry.ts';

type Whole = number | bigint;

/** In numbers while they are exact, in bigints beyond; missing above 64 bits. */
const whole =
  (inNumbers: (a: number, b: number) => number, inBigInts: (a: bigint, b: bigint) => bigint) =>
  (a: Whole, b: Whole): Value => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = inNumbers(a, b);
      // + 0, since an integer has no negative zero.
      if (Number.isSafeInteger(result)) return result + 0;
    }
    return integer64(inBigInts(BigInt(a), BigInt(b)));
  };

const twoWays = (integers: (a: Whole, b: Whole) => Value, numbers: (a: number, b: number) => number): Overload[] => [
  { takes: ['integer', 'integer'], gives: 'integer', make: binary(integers) },
  { takes: ['number', 'number'], gives: 'number', make: binary(numbers) },
];

const add = whole(
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtract = whole(
  (a, b) => a - b,
  (a, b) => a - b,
);
const multiply = whole(
  (a, b) => a * b,
  (a, b) => a * b,
);

const remainder = (a: Whole, b: Whole): Value => {
  if (b === 0) return null;
  if (b === -1 && typeof a === 'bigint' && integer64(-a) === null) return null;
  return whole(
    (x, y) => x % y,
    (x, y) => x % y,
  )(a, b);
};

/** Arithmetic: integers stay integers but for /, which always gives a number. */
export const arithmetic: readonly ScalarFunction[] = [
  infix({
    name: '+',
    mayFail: true,
    usage: 'a + b',
    meaning: 'sum',
    overloads: twoWays(add, (a, b) => a + b),
  }),
  infix({
    name: '-',
    mayFail: true,
    usage: 'a - b',
    meaning: 'difference',
    overloads: twoWays(subtract, (a, b) => a - b),
  }),
  infix({
    name: '*',
    mayFail: true,
    usage: 'a * b',
    meaning: 'product',
    overloads: twoWays(multiply, (a, b) => a * b),
  }),
  infix({
    name: '/',
    usage: 'a / b',
    meaning: 'quotient, a number also of two integers; by zero it is an infinity or NaN',
    overloads: [{ takes: ['number', 'number'], gives: 'number', make: binary((a: number, b: number) => a / b) }],
  }),
  infix({
    name: '%',
    mayFail: true,
    usage: 'a % b',
    meaning: 'remainder with the sign of a; by zero NULL of integers, NaN of numbers',
    overloads: twoWays(remainder, (a, b) => a % b),
  }),
  {
    name: 'neg',
    usage: '-a',
    meaning: 'the opposite',
    isCalled: false,
    overloads: [
      { takes: ['integer'], gives: 'integer', make: unary((a: Whole) => subtract(0, a)) },
      { takes: ['number'], gives: 'number', make: unary((a: number) => -a) },
    ],
    sql: ([operand = '']) => `TRY((- ${operand}))`,
  },
];
