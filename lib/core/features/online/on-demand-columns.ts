import type { FeatureValue } from '#contracts/online.ts';
import { type Columns, rowCount } from './entity-rows.ts';
import type { ReadPlan } from './plan.ts';
import { type Cell, cellOf, type SeenViews } from './read-views.ts';

const computedCell = (value: FeatureValue): Cell => ({
  value,
  status: value === null ? 'NULL_VALUE' : 'PRESENT',
  eventTime: null,
});

/** Rows of named columns. */
const rowsOf = (columns: readonly (readonly [name: string, values: Columns[string]])[], count: number) =>
  Array.from({ length: count }, (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row]])));

/** Cells of every on-demand feature by view:feature. A stored feature that is missing or too old counts as null. */
export const onDemandColumns = (
  { computation }: ReadPlan,
  columns: Columns,
  seen: SeenViews,
): ReadonlyMap<string, Cell[]> => {
  if (!computation) return new Map();
  const { compute, inputs, outputs } = computation;
  const count = rowCount(columns);
  const stored = inputs.map(({ view, feature }) => {
    const values = (seen.get(view) ?? []).map((one) => cellOf(one, feature).value);
    return [feature, values] as const;
  });
  const fields = rowsOf(Object.entries(columns), count);
  const computed = rowsOf(stored, count).map((row, i) => compute(fields[i] ?? {}, row));
  return new Map(
    outputs.map(({ view, feature }) => [
      `${view}:${feature}`,
      computed.map((values) => computedCell(values[feature] ?? null)),
    ]),
  );
};
