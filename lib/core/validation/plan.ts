import type { ExpectationType, KwargsOf } from '#contracts/expectations.ts';
import type { Row, TableColumn } from '../features/index.ts';

/** What the one scan answered for an expectation, by the names that its plan gave. */
export type Measured = Row;

/** Rows that did not fit: at most 20 values in the order of the rows, and their number where only a look finds it. */
export interface Sample {
  readonly count: number | null;
  readonly values: readonly unknown[];
}

export interface Verdict {
  readonly success: boolean;
  /** Great Expectations' result fields. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** How one expectation is decided. */
export interface Plan {
  /** SQL aggregates by name; all plans' run in one scan. `row_count` is always there. */
  readonly aggregates: Readonly<Record<string, string>>;
  /** SELECT of columns `count` and `sample` (a JSON list of text), run when `wantsSample` says so. */
  readonly sample?: string;
  readonly wantsSample?: (measured: Measured) => boolean;
  readonly judge: (measured: Measured, sample: Sample) => Verdict;
}

export type Planner<T extends ExpectationType> = (kwargs: KwargsOf<T>, columns: readonly TableColumn[]) => Plan;
export type Planners<T extends ExpectationType = ExpectationType> = { readonly [K in T]: Planner<K> };

export const SAMPLE_SIZE = 20;
/** Name of the view that is validated. */
export const VIEW = 'dataset';

/** An expectation that cannot be judged on this table, such as one about a column that is not there. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge';
}

/** A plan that needs no data. */
export const decided = (verdict: Verdict): Plan => ({ aggregates: {}, judge: () => verdict });

export const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100);
