import type { ExpectationType, KwargsOf } from '#contracts/expectations.ts';
import type { Domain } from './domain.ts';
import type { Measured, Scan } from './look.ts';

export * from './cannot-judge.ts';
export * from './look.ts';

export interface Verdict {
  readonly success: boolean;
  /** Great Expectations' result fields. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** How one expectation is decided. */
export interface Plan {
  /** What the first look measures over the table's rows. */
  readonly aggregates: Scan['aggregates'];
  /** What it measures over derived rows, besides. */
  readonly derived?: Scan;
  /** What a second look must find, given what the first did: nothing when all is well. Rows have their number here. */
  readonly closer?: (measured: Measured) => readonly Scan[];
  /** Sees what both looks measured. `row_count` is always there: the rows that the expectation is about. */
  readonly judge: (measured: Measured) => Verdict;
}

export type Planner<T extends ExpectationType> = (kwargs: KwargsOf<T>, domain: Domain) => Plan;
export type Planners<T extends ExpectationType = ExpectationType> = { readonly [K in T]: Planner<K> };

/** A plan that needs no data. */
export const decided = (verdict: Verdict): Plan => ({ aggregates: {}, judge: () => verdict });
