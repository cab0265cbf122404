import type { Column } from './column.ts';
import { type Measured, type Plan, percent, SAMPLE_SIZE, type Sample, VIEW } from './plan.ts';

export interface Counts {
  readonly elements: number;
  readonly missing: number;
  readonly unexpected: number;
}

// A share like 0.95 is not exact in binary: without this, 95 of 100 rows could miss it.
const ROUNDING = 1e-12;

/** Do enough of the filled rows fit? Nothing filled fits. */
export const fitsMostly = ({ elements, missing, unexpected }: Counts, mostly: number): boolean => {
  const filled = elements - missing;
  return filled === 0 || (filled - unexpected) / filled >= mostly - ROUNDING;
};

const partialCounts = (values: readonly unknown[]) => {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
};

/** The result of an expectation about every value, with Great Expectations' fields. */
export const mapResult = ({ elements, missing, unexpected }: Counts, values: readonly unknown[]) => ({
  element_count: elements,
  missing_count: missing,
  missing_percent: percent(missing, elements),
  unexpected_count: unexpected,
  unexpected_percent: percent(unexpected, elements - missing),
  unexpected_percent_total: percent(unexpected, elements),
  unexpected_percent_nonmissing: percent(unexpected, elements - missing),
  partial_unexpected_list: values,
  partial_unexpected_counts: partialCounts(values),
});

/** SELECT of the first rows that meet a condition. */
export const sampleOf = (value: string, condition: string): string => {
  const first = `SELECT CAST(${value} AS VARCHAR) AS v FROM ${VIEW} WHERE ${condition} LIMIT ${SAMPLE_SIZE}`;
  return `SELECT NULL::BIGINT AS count, (SELECT to_json(list(v)) FROM (${first})) AS sample`;
};

const asValues = ({ kind }: Column, { values }: Sample): readonly unknown[] =>
  kind === 'number' ? values.map((v) => (Number.isFinite(Number(v)) ? Number(v) : v)) : values;

/** Plans an expectation that every filled value fits by itself. `good` is SQL; null counts as not fitting. */
export const mapPlan = (column: Column, good: string, mostly: number): Plan => {
  const bad = `${column.sql} IS NOT NULL AND (${good}) IS NOT TRUE`;
  const countsOf = (measured: Measured): Counts => ({
    elements: Number(measured.row_count),
    missing: Number(measured.row_count) - Number(measured.filled),
    unexpected: Number(measured.unexpected),
  });
  return {
    aggregates: { filled: `count(${column.sql})`, unexpected: `count(*) FILTER (${bad})` },
    sample: sampleOf(column.sql, bad),
    wantsSample: ({ unexpected }) => Number(unexpected) > 0,
    judge: (measured, sample) => {
      const counts = countsOf(measured);
      return { success: fitsMostly(counts, mostly), result: mapResult(counts, asValues(column, sample)) };
    },
  };
};
