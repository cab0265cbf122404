import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import type { GraphColumn, ModelRow, ModelRows } from '../ports.ts';

/** What decides how a column is kept. */
export type ColumnInput = Pick<ModelInput, 'type' | 'precision'>;
export type OpenColumn = Float32Array | Float64Array | string[];

/** A value as the model takes it: NaN is a missing number, "" a missing text. */
export const toModelValue = (type: ModelInput['type'], value: FeatureValue): number | string => {
  if (type === 'number') return value === null ? Number.NaN : Number(value);
  return value === null ? '' : String(value);
};

/** Room for the values of one input. */
export const openColumn = ({ type, precision }: ColumnInput, count: number): OpenColumn => {
  if (type === 'string') return new Array<string>(count).fill('');
  return precision === 'double' ? new Float64Array(count) : new Float32Array(count);
};

// A loop for each type: one for both of them would be slow for each.
const fillNumbers = (column: Float32Array | Float64Array, rows: readonly ModelRow[], at: number): void => {
  for (let row = 0; row < rows.length; row += 1) column[row] = rows[row]?.[at] as number;
};
const fillTexts = (column: string[], rows: readonly ModelRow[], at: number): void => {
  for (let row = 0; row < rows.length; row += 1) column[row] = rows[row]?.[at] as string;
};

/**
 * Rows as columns.
 * @example rowsOf([{ type: 'number' }, { type: 'string' }], [[1, 'monthly']]).columns // [Float32Array [1], ['monthly']]
 */
export const rowsOf = (inputs: readonly ColumnInput[], rows: readonly ModelRow[]): ModelRows => ({
  count: rows.length,
  columns: inputs.map((input, at) => {
    const column = openColumn(input, rows.length);
    if (Array.isArray(column)) fillTexts(column, rows, at);
    else fillNumbers(column, rows, at);
    return column;
  }),
});

const sliceColumn = (column: GraphColumn, from: number, to: number): GraphColumn =>
  column instanceof Float32Array || column instanceof Float64Array ? column.subarray(from, to) : column.slice(from, to);

/** Rows `from` up to, without, `to`. Numbers are not copied: what changes the one changes the other. */
export const sliceRows = ({ count, columns }: ModelRows, from: number, to: number): ModelRows => {
  const end = Math.min(to, count);
  return { count: Math.max(0, end - from), columns: columns.map((column) => sliceColumn(column, from, end)) };
};

const put = (into: OpenColumn, column: GraphColumn, place: { readonly at: number; readonly count: number }): void => {
  for (let row = 0; row < place.count; row += 1) into[place.at + row] = column[row] as never;
};

/** One part's rows after another's. */
export const joinRows = (inputs: readonly ColumnInput[], parts: readonly ModelRows[]): ModelRows => {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const columns = inputs.map((input, index) => {
    const joined = openColumn(input, count);
    let at = 0;
    for (const part of parts) {
      put(joined, part.columns[index] ?? [], { at, count: part.count });
      at += part.count;
    }
    return joined;
  });
  return { count, columns };
};
