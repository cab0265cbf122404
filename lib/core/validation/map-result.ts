import type { FoundRow } from './shown.ts';

export interface Counts {
  readonly elements: number;
  readonly missing: number;
  readonly unexpected: number;
}

/** Do enough of the filled rows fit? Nothing filled fits. */
export const fitsMostly = ({ elements, missing, unexpected }: Counts, mostly: number): boolean => {
  const filled = elements - missing;
  return filled === 0 || (filled - unexpected) / filled >= mostly;
};

/** Share in percent; of nothing there is none. */
export const percent = (part: number, whole: number): number | null => (whole === 0 ? null : (part / whole) * 100);

const key = (value: unknown): unknown => (typeof value === 'object' ? JSON.stringify(value) : value);
// Many times first, then by value, as Great Expectations sorts.
const compare = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (Array.isArray(a) && Array.isArray(b))
    return a.map((one, i) => compare(one, b[i])).find((order) => order !== 0) ?? 0;
  const [left, right] = [String(key(a)), String(key(b))];
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const partialCounts = (values: readonly unknown[]) => {
  const counts = new Map<unknown, { value: unknown; count: number }>();
  for (const value of values) {
    const seen = counts.get(key(value));
    counts.set(key(value), { value, count: (seen?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || compare(a.value, b.value));
};

// Great Expectations counts rows of several columns by their values alone.
const counted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.values(value) : value;

/** What the first unexpected rows were, with how often and where. */
const partial = (rows: readonly FoundRow[], show: (row: FoundRow) => unknown) => {
  const values = rows.map(show);
  return {
    partial_unexpected_list: values,
    partial_unexpected_counts: partialCounts(values.map(counted)),
    partial_unexpected_index_list: rows.map(({ r }) => r),
  };
};

/** The result of an expectation about every row, with Great Expectations' fields. */
export const mapResult = (
  { elements, missing, unexpected }: Counts,
  rows: readonly FoundRow[],
  show: (row: FoundRow) => unknown,
) => ({
  element_count: elements,
  missing_count: missing,
  missing_percent: percent(missing, elements),
  unexpected_count: unexpected,
  unexpected_percent: percent(unexpected, elements - missing),
  unexpected_percent_total: percent(unexpected, elements),
  unexpected_percent_nonmissing: percent(unexpected, elements - missing),
  ...partial(rows, show),
});
