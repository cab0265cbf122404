import type { FeatureType } from '#contracts/feature-views.ts';
import type { Run, Value } from '../types.ts';
import { forEveryType, nullIf } from './comparisons.ts';
import { infix, type Make, type Overload, type ScalarFunction, unary, withNulls } from './function-entry.ts';

const logical = (decisive: boolean): Overload[] => [
  {
    takes: ['boolean', 'boolean'],
    gives: 'boolean',
    make: withNulls(([a = null, b = null]) => {
      if (a === decisive || b === decisive) return decisive;
      return a === null || b === null ? null : !decisive;
    }),
  },
];

const test = (name: string, words: string, isTrue: (value: Value) => boolean): ScalarFunction => ({
  name,
  usage: `a ${words}`,
  meaning: `true or false, never NULL; with NOT: a ${words.replace('IS ', 'IS NOT ')}`,
  isCalled: false,
  takesNull: true,
  overloads:
    name === 'is_null'
      ? forEveryType(
          1,
          () => 'boolean',
          () => withNulls(([a = null]) => isTrue(a)),
        )
      : [{ takes: ['boolean'], gives: 'boolean', make: withNulls(([a = null]) => isTrue(a)) }],
  sql: ([operand = '']) => `(${operand} ${words})`,
});

const firstFilled: Make = (operands: readonly Run[]) => (row) => {
  for (const operand of operands) {
    const value = operand(row);
    if (value !== null) return value;
  }
  return null;
};
const same = (type: FeatureType): FeatureType => type;

/** Three-valued logic: NULL says "not known". */
export const logic: readonly ScalarFunction[] = [
  infix({
    name: 'and',
    symbol: 'AND',
    usage: 'a AND b',
    meaning: 'false where one is false, else NULL where one is NULL',
    takesNull: true,
    overloads: logical(false),
  }),
  infix({
    name: 'or',
    symbol: 'OR',
    usage: 'a OR b',
    meaning: 'true where one is true, else NULL where one is NULL',
    takesNull: true,
    overloads: logical(true),
  }),
  {
    name: 'not',
    usage: 'NOT a',
    meaning: 'the opposite, NULL of NULL',
    isCalled: false,
    takesNull: true,
    overloads: [{ takes: ['boolean'], gives: 'boolean', make: unary((a: boolean) => !a) }],
    sql: ([operand = '']) => `(NOT ${operand})`,
  },
  test('is_null', 'IS NULL', (value) => value === null),
  test('is_true', 'IS TRUE', (value) => value === true),
  test('is_false', 'IS FALSE', (value) => value === false),
  {
    name: 'coalesce',
    aliases: ['ifnull'],
    usage: 'coalesce(a, b, …)',
    meaning: 'the first that is not missing',
    isCalled: true,
    isVariadic: true,
    takesNull: true,
    overloads: forEveryType(1, same, () => firstFilled),
    sql: (operands) => `coalesce(${operands.join(', ')})`,
  },
  {
    name: 'nullif',
    usage: 'nullif(a, b)',
    meaning: 'NULL where a = b, else a',
    isWrittenOut: true,
    isCalled: true,
    overloads: nullIf,
    sql: (operands) => `nullif(${operands.join(', ')})`,
  },
];
