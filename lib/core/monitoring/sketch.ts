import { type CategorySamples, type ColumnSamples, MISSING, type NumberSamples } from './column-samples.ts';

/** Shapes of both samples side by side, for a reader's eye: shares of the present rows by bin. */
export interface Sketch {
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

const BINS = 20;
const MOST_CATEGORIES = 8;
const OTHERS = 'all others';

const quantile = (sorted: Float64Array, share: number): number | undefined =>
  sorted[Math.round((sorted.length - 1) * share)];

// A single far value would squeeze all others into one bin, so the last 1 % on each side joins the outer bins.
const rangeOf = ({ reference, current }: NumberSamples): [low: number, high: number] => {
  const ends = [reference, current]
    .flatMap((s) => [quantile(s, 0.01), quantile(s, 0.99)])
    .filter((x) => x !== undefined);
  return ends.length === 0 ? [0, 0] : [Math.min(...ends), Math.max(...ends)];
};

const binned = (values: Float64Array, low: number, width: number): number[] => {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = width === 0 ? 0 : Math.floor((value - low) / width);
    const at = Math.min(BINS - 1, Math.max(0, bin));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => (values.length === 0 ? 0 : count / values.length));
};

const brief = (value: number): string => String(Number(value.toPrecision(4)));

const sketchNumbers = (samples: NumberSamples): Sketch => {
  const [low, high] = rangeOf(samples);
  const width = (high - low) / BINS;
  return {
    labels: Array.from({ length: BINS }, (_, i) => `${brief(low + i * width)} to ${brief(low + (i + 1) * width)}`),
    reference: binned(samples.reference, low, width),
    current: binned(samples.current, low, width),
  };
};

const sketchCategories = ({ reference, current }: CategorySamples): Sketch => {
  const names = [...new Set([...reference.keys(), ...current.keys()])];
  const shareIn = (counts: ReadonlyMap<string, number>) => {
    const all = [...counts.values()].reduce((a, b) => a + b, 0);
    return (name: string): number => (all === 0 ? 0 : (counts.get(name) ?? 0) / all);
  };
  const [before, now] = [shareIn(reference), shareIn(current)];
  const ranked = names.sort((a, b) => before(b) + now(b) - before(a) - now(a));
  const shown = ranked.slice(0, MOST_CATEGORIES);
  const rest = ranked.slice(MOST_CATEGORIES);
  const row = (share: (name: string) => number): number[] => [
    ...shown.map(share),
    ...(rest.length > 0 ? [rest.reduce((total, name) => total + share(name), 0)] : []),
  ];
  const labels = [...shown.map((name) => (name === MISSING ? 'missing' : name)), ...(rest.length > 0 ? [OTHERS] : [])];
  return { labels, reference: row(before), current: row(now) };
};

/** 20 bins for numbers, the 8 most frequent values for text. */
export const sketch = (samples: ColumnSamples): Sketch =>
  samples.kind === 'numbers' ? sketchNumbers(samples) : sketchCategories(samples);
