/** Text of one metric in Prometheus' exposition format 0.0.4. */
export interface Metric {
  render(): string;
}

/** One series of a counter, found once. */
export interface Count {
  increase(by?: number): void;
}

export interface Counter extends Metric {
  increase(labels: readonly string[], by?: number): void;
  /** For who counts the same again and again. */
  at(labels: readonly string[]): Count;
}

export interface Gauge extends Metric {
  set(labels: readonly string[], value: number): void;
  remove(labels: readonly string[]): void;
}

/** One series of a histogram, found once. */
export interface Distribution {
  observe(value: number): void;
}

export interface Histogram extends Metric {
  observe(labels: readonly string[], value: number): void;
  /** For who observes the same again and again. */
  at(labels: readonly string[]): Distribution;
}

export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const head = ({ name, help }: MetricOptions, type: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

const labelText = (names: readonly string[], values: readonly string[]): string =>
  names.map((name, index) => `${name}="${escapeText(values[index] ?? '')}"`).join(',');

/** Series by their labels as written, so that a scrape only joins texts. */
const seriesOf = <T>({ labels: names }: MetricOptions, make: () => T) => {
  const series = new Map<string, { readonly text: string; value: T }>();
  const keyOf = (labels: readonly string[]): string => labels.join('\u0000');
  return {
    at: (labels: readonly string[]) => {
      const key = keyOf(labels);
      let found = series.get(key);
      if (!found) {
        found = { text: labelText(names, labels), value: make() };
        series.set(key, found);
      }
      return found;
    },
    remove: (labels: readonly string[]) => series.delete(keyOf(labels)),
    all: () => [...series.values()],
  };
};

const braces = (text: string): string => (text === '' ? '' : `{${text}}`);

/** @example counter({ name: 'errors_total', help: 'Errors', labels: ['code'] }).increase(['INTERNAL']) */
export const counter = (options: MetricOptions): Counter => {
  const series = seriesOf(options, () => 0);
  return {
    increase: (labels, by = 1) => {
      series.at(labels).value += by;
    },
    at: (labels) => {
      const one = series.at(labels);
      return {
        increase: (by = 1) => {
          one.value += by;
        },
      };
    },
    render: () =>
      head(options, 'counter') +
      series
        .all()
        .map(({ text, value }) => `${options.name}${braces(text)} ${value}\n`)
        .join(''),
  };
};

export const gauge = (options: MetricOptions): Gauge => {
  const series = seriesOf(options, () => 0);
  return {
    set: (labels, value) => {
      series.at(labels).value = value;
    },
    remove: (labels) => {
      series.remove(labels);
    },
    render: () =>
      head(options, 'gauge') +
      series
        .all()
        .map(({ text, value }) => `${options.name}${braces(text)} ${value}\n`)
        .join(''),
  };
};

/** Buckets are upper bounds in seconds, growing; +Inf is added. */
export const histogram = (options: MetricOptions, buckets: readonly number[]): Histogram => {
  const series = seriesOf(options, () => ({ counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 }));
  const bucketOf = (value: number): number => {
    let index = 0;
    while (index < buckets.length && value > (buckets[index] ?? 0)) index += 1;
    return index;
  };
  const add = ({ value }: ReturnType<typeof series.at>, seconds: number): void => {
    const index = bucketOf(seconds);
    value.counts[index] = (value.counts[index] ?? 0) + 1;
    value.sum += seconds;
  };
  const lines = ({ text, value: { counts, sum } }: ReturnType<typeof series.at>): string => {
    const joined = text === '' ? '' : `${text},`;
    let total = 0;
    const rows = counts.map((count, index) => {
      total += count;
      return `${options.name}_bucket{${joined}le="${buckets[index] ?? '+Inf'}"} ${total}\n`;
    });
    return `${rows.join('')}${options.name}_sum${braces(text)} ${sum}\n${options.name}_count${braces(text)} ${total}\n`;
  };
  return {
    observe: (labels, seconds) => add(series.at(labels), seconds),
    at: (labels) => {
      const one = series.at(labels);
      return { observe: (seconds) => add(one, seconds) };
    },
    render: () => head(options, 'histogram') + series.all().map(lines).join(''),
  };
};
