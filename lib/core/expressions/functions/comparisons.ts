import type { FeatureType } from '#contracts/feature-views.ts';
import { compareTexts } from '../texts.ts';
import type { Value } from '../types.ts';
import { binary, infix, type Make, type Overload, type ScalarFunction, withNulls } from './function-entry.ts';

type Compare = (a: Value, b: Value) => number;
const byOrder: Compare = (a, b) => {
  if (a === b) return 0;
  return (a as number) < (b as number) ? -1 : 1;
};

// In SQL's order NaN is itself, and above everything; the zeros are the same.
const byNumber: Compare = (a, b) => {
  const x = a as number;
  const y = b as number;
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
};

const orders: Readonly<Record<FeatureType, Compare>> = {
  integer: byOrder,
  number: byNumber,
  boolean: byOrder,
  string: (a, b) => compareTexts(a as string, b as string),
  timestamp: byOrder,
};

/** An overload for every type, made of the order of its values. */
export const forEveryType = (
  count: number,
  gives: (type: FeatureType) => FeatureType,
  make: (compare: Compare) => Make,
): Overload[] =>
  (Object.keys(orders) as FeatureType[]).map((type) => ({
    takes: new Array<FeatureType>(count).fill(type),
    gives: gives(type),
    make: make(orders[type]),
  }));

const boolean = (): FeatureType => 'boolean';

const comparison = (name: string, meaning: string, isTrue: (order: number) => boolean): ScalarFunction =>
  infix({
    name,
    usage: `a ${name} b`,
    meaning,
    takesNull: true,
    overloads: forEveryType(2, boolean, (compare) => binary((a: Value, b: Value) => isTrue(compare(a, b)))),
  });

const isAmong =
  (compare: Compare) =>
  (values: readonly Value[]): Value => {
    const [value = null, ...list] = values;
    if (value === null) return null;
    if (list.some((one) => one !== null && compare(value, one) === 0)) return true;
    return list.includes(null) ? null : false;
  };

const both = (a: boolean | null, b: boolean | null): boolean | null => {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
};
const isBetween =
  (compare: Compare) =>
  ([value = null, low = null, high = null]: readonly Value[]): Value => {
    if (value === null) return null;
    const isAbove = low === null ? null : compare(value, low) >= 0;
    return both(isAbove, high === null ? null : compare(value, high) <= 0);
  };

const outermost =
  (compare: Compare, sign: 1 | -1) =>
  (values: readonly Value[]): Value =>
    values.reduce((best, one) => {
      if (one === null) return best;
      return best === null || sign * compare(one, best) > 0 ? one : best;
    }, null);

const same = (type: FeatureType): FeatureType => type;

/** Comparisons of two values of one type; a missing side makes them NULL. */
export const comparisons: readonly ScalarFunction[] = [
  comparison('=', 'the same; NaN is the same as NaN', (order) => order === 0),
  comparison('<>', 'not the same, also written !=', (order) => order !== 0),
  comparison('<', 'less; texts by their UTF-8 bytes, NaN above every number', (order) => order < 0),
  comparison('<=', 'less or the same', (order) => order <= 0),
  comparison('>', 'greater', (order) => order > 0),
  comparison('>=', 'greater or the same', (order) => order >= 0),
  {
    name: 'between',
    usage: 'a BETWEEN b AND c',
    meaning: 'b <= a AND a <= c',
    isCalled: false,
    takesNull: true,
    overloads: forEveryType(3, boolean, (compare) => withNulls(isBetween(compare))),
    sql: ([value = '', low = '', high = '']) => `(${value} BETWEEN ${low} AND ${high})`,
  },
  {
    name: 'in',
    usage: 'a IN (b, c, …)',
    meaning: 'one of the list; NULL where it is not and the list holds a NULL',
    isCalled: false,
    isVariadic: true,
    takesNull: true,
    overloads: forEveryType(2, boolean, (compare) => withNulls(isAmong(compare))),
    sql: ([value = '', ...list]) => `(${value} IN (${list.join(', ')}))`,
  },
];

/** Choices by order. */
export const extremes: readonly ScalarFunction[] = [
  {
    name: 'least',
    usage: 'least(a, b, …)',
    meaning: 'the smallest that is not missing',
    isCalled: true,
    isVariadic: true,
    takesNull: true,
    overloads: forEveryType(1, same, (compare) => withNulls(outermost(compare, -1))),
    sql: (operands) => `least(${operands.join(', ')})`,
  },
  {
    name: 'greatest',
    usage: 'greatest(a, b, …)',
    meaning: 'the largest that is not missing',
    isCalled: true,
    isVariadic: true,
    takesNull: true,
    overloads: forEveryType(1, same, (compare) => withNulls(outermost(compare, 1))),
    sql: (operands) => `greatest(${operands.join(', ')})`,
  },
];

const nullWhereSame = (compare: Compare): Make =>
  withNulls(([a = null, b = null]) => (a !== null && b !== null && compare(a, b) === 0 ? null : a));

const [integers, ...others] = forEveryType(2, same, nullWhereSame);
/** NULL where two values are the same; the type is always that of the first. */
export const nullIf: readonly Overload[] = [
  ...(integers ? [integers] : []),
  { takes: ['integer', 'number'], gives: 'integer', make: nullWhereSame((a, b) => byNumber(Number(a), b)) },
  ...others,
];
