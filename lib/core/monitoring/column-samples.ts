/** A column of numbers in both samples. */
export interface NumberSamples {
  readonly kind: 'numbers';
  /** Sorted ascending; missing values are left out. */
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Rows of each sample, missing values included. */
  readonly rows: { readonly reference: number; readonly current: number };
}

/** A column of text in both samples: rows by value, a missing one under MISSING. */
export interface CategorySamples {
  readonly kind: 'categories';
  readonly reference: ReadonlyMap<string, number>;
  readonly current: ReadonlyMap<string, number>;
}
export type ColumnSamples = NumberSamples | CategorySamples;

/** The model takes a missing text as "", so here too both are one. */
export const MISSING = '';

/** @param values with NaN where a number is missing */
export const numberSamples = (reference: Float64Array, current: Float64Array): NumberSamples => {
  const present = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value)).sort();
  return {
    kind: 'numbers',
    reference: present(reference),
    current: present(current),
    rows: { reference: reference.length, current: current.length },
  };
};

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);

/** Share of missing values in each sample. */
export const missingShares = (samples: ColumnSamples): { reference: number; current: number } => {
  const one = (side: 'reference' | 'current'): number =>
    samples.kind === 'numbers'
      ? share(samples.rows[side] - samples[side].length, samples.rows[side])
      : share(samples[side].get(MISSING) ?? 0, sum(samples[side]));
  return { reference: one('reference'), current: one('current') };
};
