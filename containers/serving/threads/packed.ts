import type { RowExplanation } from '#core/serving/index.ts';

/** Explanations of many rows in few arrays: a thousand small ones would hold up the thread that takes them. */
export interface PackedExplanations {
  readonly rows: number;
  readonly expected: Float64Array;
  readonly explained: Float64Array;
  readonly values: Float64Array;
  readonly errors?: Float64Array;
}

const joined = (rows: readonly RowExplanation[], pick: (row: RowExplanation) => Float64Array): Float64Array => {
  const width = rows[0] ? pick(rows[0]).length : 0;
  const all = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries()) all.set(pick(row), at * width);
  return all;
};

export const packed = (rows: readonly RowExplanation[]): PackedExplanations => ({
  rows: rows.length,
  expected: rows[0]?.expected.slice() ?? new Float64Array(0),
  explained: joined(rows, ({ explained }) => explained),
  values: joined(rows, ({ values }) => values),
  ...(rows[0]?.errors && { errors: joined(rows, ({ errors }) => errors as Float64Array) }),
});

/** The rows again: parts of the same memory. */
export const unpacked = ({ rows, expected, explained, values, errors }: PackedExplanations): RowExplanation[] => {
  const part = (all: Float64Array, row: number): Float64Array => {
    const width = all.length / rows;
    return all.subarray(row * width, (row + 1) * width);
  };
  return Array.from({ length: rows }, (_, row) => ({
    expected,
    explained: part(explained, row),
    values: part(values, row),
    ...(errors && { errors: part(errors, row) }),
  }));
};
