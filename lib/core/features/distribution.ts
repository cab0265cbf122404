import type { ColumnProfile, ColumnSketch } from '#contracts/datasets.ts';

/** A column with the number of its rows. */
export interface Sketched {
  readonly column: ColumnProfile;
  readonly rowCount: number;
}

type Bins = Extract<ColumnSketch, { kind: 'bins' }>;
type Values = Extract<ColumnSketch, { kind: 'values' }>;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);

/** How many values lie at or below x; inside a bin they are taken to be spread evenly. */
const upTo = ({ edges, counts }: Bins, x: number): number =>
  sum(
    counts.map((count, i) => {
      const [low = 0, high = 0] = edges.slice(i, i + 2);
      if (x >= high) return count;
      return x <= low ? 0 : (count * (x - low)) / (high - low);
    }),
  );

/** Values in the first one's bins, before them and behind them. */
const inBins = (bins: Bins, other: Bins): [number[], number[]] => {
  const counted = (sketch: Bins): number[] => {
    const steps = [0, ...bins.edges.map((edge) => upTo(sketch, edge)), sum(sketch.counts)];
    return steps.slice(1).map((step, i) => step - (steps[i] ?? 0));
  };
  // The smallest value stands on the first edge, so what lies there is in the bin and not before it.
  return [counted(bins), counted(other)];
};

const inValues = (a: Values, b: Values): [number[], number[]] => {
  const all = [...new Set([...a.top, ...b.top].map(({ value }) => value))];
  const counted = ({ top, others }: Values): number[] => {
    const counts = new Map(top.map(({ value, count }) => [value, count]));
    return [...all.map((value) => counts.get(value) ?? 0), others];
  };
  return [counted(a), counted(b)];
};

const countsOf = (a: ColumnSketch, b: ColumnSketch): [number[], number[]] | undefined => {
  if (a.kind === 'bins' && b.kind === 'bins') return inBins(a, b);
  return a.kind === 'values' && b.kind === 'values' ? inValues(a, b) : undefined;
};

// Missing values are one of their own; so are NaN and infinities, which no bin holds.
const sharesOf = ({ column, rowCount }: Sketched, counts: readonly number[]): number[] => {
  const rest = Math.max(0, rowCount - column.nulls - sum(counts));
  return [...counts, column.nulls, rest].map((count) => count / rowCount);
};

const relative = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log2(p / q));

/** Jensen-Shannon divergence of two lists of shares: 0 the same, 1 nothing in common. */
const jensenShannon = (p: readonly number[], q: readonly number[]): number => {
  const terms = p.map((share, i) => {
    const other = q[i] ?? 0;
    const middle = (share + other) / 2;
    return (relative(share, middle) + relative(other, middle)) / 2;
  });
  return Math.min(1, Math.max(0, sum(terms)));
};

// A share of nothing would make the index infinite.
const LEAST_SHARE = 1e-4;
const stabilityIndex = (p: readonly number[], q: readonly number[]): number =>
  sum(
    p.map((share, i) => {
      const [a, b] = [Math.max(share, LEAST_SHARE), Math.max(q[i] ?? 0, LEAST_SHARE)];
      return (b - a) * Math.log(b / a);
    }),
  );

/**
 * How far the values of a column moved between two manifests; undefined when a sketch or all rows are absent, or when
 * numbers became text.
 */
export const distributionChange = (from: Sketched, to: Sketched): { change: number; psi: number } | undefined => {
  const { sketch: a } = from.column;
  const { sketch: b } = to.column;
  if (!a || !b || from.rowCount === 0 || to.rowCount === 0) return undefined;
  const counts = countsOf(a, b);
  if (!counts) return undefined;
  const [p, q] = [sharesOf(from, counts[0]), sharesOf(to, counts[1])];
  return { change: jensenShannon(p, q), psi: stabilityIndex(p, q) };
};
