import { literal } from '../features/index.ts';
import { boundOf, type Column, comparable } from './column.ts';

export interface Range {
  readonly min_value?: string | number | null | undefined;
  readonly max_value?: string | number | null | undefined;
  readonly strict_min?: boolean | null | undefined;
  readonly strict_max?: boolean | null | undefined;
}

/** Is a measured number inside? Both ends belong to it unless they are strict. */
export const isWithin = (
  value: number,
  range: Range,
  toNumber: (bound: string | number) => number = Number,
): boolean => {
  const { min_value: min, max_value: max } = range;
  const above = min == null || (range.strict_min ? value > toNumber(min) : value >= toNumber(min));
  const below = max == null || (range.strict_max ? value < toNumber(max) : value <= toNumber(max));
  return above && below;
};

const side = (column: Column, operator: string, raw: string | number): string => {
  const bound = boundOf(column, raw);
  return `${comparable(column, bound)} ${operator} ${literal(bound)}`;
};

/** SQL that says whether a column's value is inside. */
export const within = (column: Column, range: Range): string => {
  const { min_value: min, max_value: max } = range;
  const sides = [
    ...(min == null ? [] : [side(column, range.strict_min ? '>' : '>=', min)]),
    ...(max == null ? [] : [side(column, range.strict_max ? '<' : '<=', max)]),
  ];
  return sides.join(' AND ');
};
