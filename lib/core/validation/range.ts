import { boundOf, type Column, compareWith } from './column.ts';

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

/** Do the least and the greatest value of a column, where they are known, say that all are inside? */
export const insideBounds = (bounds: readonly [number, number] | undefined, range: Range): boolean =>
  bounds !== undefined &&
  typeof (range.min_value ?? 0) === 'number' &&
  typeof (range.max_value ?? 0) === 'number' &&
  // Of whole numbers beyond it several look the same.
  bounds.every((bound) => Math.abs(bound) <= Number.MAX_SAFE_INTEGER && isWithin(bound, range));

const side = (column: Column, operator: string, raw: string | number): string =>
  compareWith(column, operator, boundOf(column, raw));

/** SQL that says whether a column's value is inside. */
export const within = (column: Column, range: Range): string => {
  const { min_value: min, max_value: max } = range;
  const sides = [
    ...(min == null ? [] : [side(column, range.strict_min ? '>' : '>=', min)]),
    ...(max == null ? [] : [side(column, range.strict_max ? '<' : '<=', max)]),
  ];
  return sides.join(' AND ');
};
