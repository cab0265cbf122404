import type { ColumnSketch } from '#contracts/datasets.ts';
import { isNumeric } from './column-types.ts';
import type { Row, TableColumn, Tables } from './ports.ts';
import { identifier, literals } from './sql-text.ts';

const BINS = 20;
const TOP = 20;
const MAX_CHARACTERS = 200;

type Shape = 'numbers' | 'times' | 'texts' | undefined;

const shapeOf = ({ type }: TableColumn): Shape => {
  if (isNumeric(type)) return 'numbers';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'times';
  return type === 'VARCHAR' || type === 'BOOLEAN' || type === 'UUID' || type.startsWith('ENUM') ? 'texts' : undefined;
};

// A column's values as the sketch counts them. NaN and infinities have no place on a line. Texts begin with a mark: the
// engine's histogram calls all others ''.
const counted = (column: TableColumn): string => {
  const name = identifier(column.name);
  if (shapeOf(column) === 'texts') return `'=' || left(CAST(${name} AS VARCHAR), ${MAX_CHARACTERS})`;
  const number = shapeOf(column) === 'times' ? `epoch(CAST(${name} AS TIMESTAMP))` : `CAST(${name} AS DOUBLE)`;
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
};

const shares = Array.from({ length: BINS - 1 }, (_, i) => (i + 1) / BINS);

const outline = (column: TableColumn, i: number): string => {
  const value = counted(column);
  if (shapeOf(column) === 'texts') return `to_json(approx_top_k(${value}, ${TOP})) AS s_${i}`;
  const inner = `approx_quantile(${value}, [${shares.join(', ')}])`;
  return `to_json(list_concat(list_concat([min(${value})], ${inner}), [max(${value})])) AS s_${i}`;
};

/** The next smaller double. @example below(1) // 0.9999999999999999 */
const below = (value: number): number => {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? -1n : 1n);
  return new Float64Array(bits.buffer)[0] ?? value;
};

/**
 * Edges of bins from quantiles that grow. A value that is several quantiles has a bin of its own: half of a column may
 * be zero.
 * @example binEdges([0, 0, 0, 1, 2]) // [-5e-324, 0, 1, 2]
 */
export const binEdges = (quantiles: readonly number[]): number[] => {
  const sorted = [...quantiles].sort((a, b) => a - b);
  const edges = sorted.flatMap((value, i) => {
    if (sorted[i - 1] === value) return [];
    // Below the least of all doubles there is none: such values share the bin behind them.
    return sorted[i + 1] === value && value > -Number.MAX_VALUE ? [below(value), value] : [value];
  });
  const [only] = edges;
  if (edges.length !== 1 || only === undefined) return [...new Set(edges)];
  return only > -Number.MAX_VALUE ? [below(only), only] : [only, 0];
};

interface Plan {
  readonly column: TableColumn;
  readonly edges?: readonly number[];
  readonly texts?: readonly string[];
}

const planOf = (column: TableColumn, cell: unknown): Plan => {
  const found = (typeof cell === 'string' ? JSON.parse(cell) : []) as unknown[];
  const there = (found ?? []).filter((value) => value !== null);
  if (shapeOf(column) === 'texts') return { column, texts: there.map(String) };
  return { column, edges: binEdges(there.map(Number)) };
};

// One pass of each value over all its bins; a condition for every bin takes ten times as long.
const countsOf = ({ column, edges, texts = [] }: Plan): string => {
  const value = counted(column);
  if ((edges ?? texts).length === 0) return '[]';
  return `map_entries(${edges ? `histogram(${value}, ${literals(edges)})` : `histogram_exact(${value}, ${literals(texts)})`})`;
};

interface Bin {
  readonly key: number | string;
  readonly value: number;
}

// The engine's first bin is what lies at or below the first edge: the smallest value.
const binsOf = (edges: readonly number[], bins: readonly Bin[]): ColumnSketch => {
  const [first = 0, second = 0, ...others] = bins.slice(0, edges.length).map(({ value }) => value);
  return { kind: 'bins', edges: [...edges], counts: edges.length > 0 ? [first + second, ...others] : [] };
};

const sketchOf = ({ edges, texts = [] }: Plan, bins: readonly Bin[], filled: number): ColumnSketch => {
  if (edges) return binsOf(edges, bins);
  const counts = new Map(bins.map(({ key, value }) => [key, value]));
  const all = texts.map((text) => ({ value: text.slice(1), count: counts.get(text) ?? 0 }));
  // What stands once says nothing of how values are spread: ids would fill every manifest.
  const top = all
    .filter(({ count }) => count > 1 || filled <= TOP)
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { kind: 'values', top, others: filled - top.reduce((sum, { count }) => sum + count, 0) };
};

const binsIn = (row: Row, i: number): Bin[] => JSON.parse(String(row[`bins_${i}`] ?? '[]')) as Bin[];

/**
 * How the values of a query's columns are spread, by column name, in two scans: one finds about equal bins and frequent
 * texts, one counts them exactly. Memory does not grow with the rows.
 */
export const sketches = async (
  tables: Tables,
  query: string,
  columns: readonly TableColumn[],
): Promise<ReadonlyMap<string, ColumnSketch>> => {
  const known = columns.filter((column) => shapeOf(column) !== undefined);
  if (known.length === 0) return new Map();
  const [outlines = {}] = await tables.rows(`SELECT ${known.map(outline).join(', ')} FROM (${query})`);
  const plans = known.map((column, i) => planOf(column, outlines[`s_${i}`]));
  const sums = plans.map(
    (plan, i) => `count(${counted(plan.column)}) AS filled_${i}, to_json(${countsOf(plan)}) AS bins_${i}`,
  );
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM (${query})`);
  return new Map(
    plans.map((plan, i) => [plan.column.name, sketchOf(plan, binsIn(seen, i), Number(seen[`filled_${i}`]))]),
  );
};
