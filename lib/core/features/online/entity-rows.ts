import { type FeatureValue, onlineKeys } from '#contracts/online.ts';
import { PlatformError } from '../../shared/errors.ts';
import { joinKeyText } from './join-key.ts';
import type { PlannedView } from './plan.ts';

/** A bigint is a join key beyond 2^53, which as a number would be another one's. */
export type ColumnValue = FeatureValue | bigint;
/** Rows of a request, by column. */
export type Columns = Readonly<Record<string, readonly ColumnValue[]>>;

/**
 * How many rows the columns have.
 * @throws INVALID_REQUEST when they differ
 */
export const rowCount = (columns: Columns): number => {
  const all = Object.entries(columns);
  const count = all[0]?.[1].length ?? 0;
  const other = all.find(([, values]) => values.length !== count);
  if (!other) return count;
  throw new PlatformError(
    'INVALID_REQUEST',
    `column "${other[0]}" has ${other[1].length} values and "${all[0]?.[0]}" has ${count}; every column must have one a row`,
  );
};

export const columnOf = (columns: Columns, name: string): readonly ColumnValue[] | undefined =>
  Object.hasOwn(columns, name) ? columns[name] : undefined;

/** @throws FIELD_MISSING with the join keys of the view */
const keyColumn = (columns: Columns, { name, joinKeys }: PlannedView, joinKey: string): readonly ColumnValue[] => {
  const column = columnOf(columns, joinKey);
  if (column) return column;
  throw new PlatformError(
    'FIELD_MISSING',
    `view "${name}" is read by ${joinKeys.join(' and ')}, but "${joinKey}" is not among: ${Object.keys(columns).join(', ') || 'nothing'}`,
    { view: name, field: joinKey, joinKeys },
  );
};

// NaN is how pandas says that a key is missing.
const isMissing = (value: ColumnValue): boolean => value === null || Number.isNaN(value);

/**
 * Key of each row's item; undefined where a part of it is missing, which no item has.
 * @throws FIELD_MISSING, FIELD_TYPE_WRONG
 */
export const keysOf = (project: string, view: PlannedView, columns: Columns): (string | undefined)[] => {
  const parts = view.entities
    .toSorted((a, b) => (a.joinKey < b.joinKey ? -1 : 1))
    .map((entity) => ({ entity, values: keyColumn(columns, view, entity.joinKey) }));
  const key = onlineKeys(
    project,
    parts.map(({ entity }) => entity.joinKey),
  );
  const keyOf = (row: number): string | undefined => {
    const values: string[] = [];
    for (const { entity, values: column } of parts) {
      const value = column[row] ?? null;
      if (isMissing(value)) return undefined;
      values.push(joinKeyText(entity, value, row));
    }
    return key(values);
  };
  return Array.from({ length: rowCount(columns) }, (_, row) => keyOf(row));
};
