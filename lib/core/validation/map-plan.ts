import type { Cell } from '../features/tables/index.ts';
import type { Column } from './column.ts';
import { all, countOf, type Domain, filledOf, firstRows } from './domain.ts';
import { type Counts, fitsMostly, mapResult } from './map-result.ts';
import type { Measured, Plan } from './plan.ts';
import { type FoundRow, shownRow, shownValue } from './shown.ts';

/** The rows that a {@link firstRows} found. */
export const rowsIn = (sample: Cell | undefined): readonly FoundRow[] =>
  JSON.parse(String(sample ?? '[]')) as FoundRow[];

export interface RowRule {
  readonly domain: Domain;
  /** Columns whose values are shown: one alone as it is, several under their names. */
  readonly columns: readonly Column[];
  /** SQL: which rows count. */
  readonly counts: string;
  /** SQL: which of them fit; null counts as not fitting. */
  readonly good: string;
  readonly mostly: number;
  /** @default one value, or an object by column */
  readonly show?: (row: FoundRow) => unknown;
}

/** How a rule's rows are shown. */
export const showing = ({ columns, show }: Pick<RowRule, 'columns' | 'show'>): ((row: FoundRow) => unknown) => {
  const [only] = columns;
  return show ?? ((row) => (columns.length === 1 && only ? shownValue(only, row.v[0]) : shownRow(columns, row)));
};

/** What rows count, and how many of them fit. */
const counting = ({ domain, columns, counts, good }: RowRule) => {
  const [only] = columns;
  const ofValues = columns.length === 1 && only && counts === `${only.sql} IS NOT NULL`;
  const counted = ofValues ? filledOf(domain, only) : countOf(domain, counts);
  if (good === 'TRUE') return { counted, fitting: counted };
  // A missing value fits nothing by itself.
  return { counted, fitting: countOf(domain, ofValues ? good : all(counts, good)) };
};

/** Plans an expectation that every row fits by itself. */
export const rowPlan = (rule: RowRule): Plan => {
  const { domain, columns, counts, good, mostly } = rule;
  const countsOf = ({ row_count: rows, counted, fitting }: Measured): Counts => ({
    elements: Number(rows),
    missing: Number(rows) - Number(counted),
    unexpected: Number(counted) - Number(fitting),
  });
  return {
    aggregates: counting(rule),
    closer: (measured) =>
      countsOf(measured).unexpected > 0 ? [firstRows(domain, columns, all(counts, `(${good}) IS NOT TRUE`))] : [],
    judge: (measured) => {
      const seen = countsOf(measured);
      const result = mapResult(seen, rowsIn(measured.sample), showing(rule));
      return { success: fitsMostly(seen, mostly), result };
    },
  };
};

/** Plans an expectation that every filled value of a column fits by itself. */
export const mapPlan = (domain: Domain, column: Column, rule: { good: string; mostly: number }): Plan =>
  rowPlan({ domain, columns: [column], counts: `${column.sql} IS NOT NULL`, ...rule });
