import { DatasetInput, type MetricPoint, type Run, RunInfo } from '#contracts/tracking.ts';
import { readPoint } from '../system/metric-order.ts';
import type { Item } from './dynamo-table.ts';

/** Attributes of a latest-points item that hold points; the mark keeps them apart from pk and sk. */
export const POINT_MARK = 'm:';

const SORT_LENGTH = 14 + 1 + 32;
/** {sort}#{part}#{name}: which run, which part, which key. */
const partOf = (item: Item): { part: string; name: string } => ({
  part: item.sk.slice(SORT_LENGTH + 1, SORT_LENGTH + 2),
  name: item.sk.slice(SORT_LENGTH + 3),
});
export const sortOf = (item: Item): string => item.sk.slice(0, SORT_LENGTH);

const points = (item: Item): MetricPoint[] =>
  Object.entries(item)
    .filter(([name]) => name.startsWith(POINT_MARK))
    .map(([name, code]) => readPoint(name.slice(POINT_MARK.length), String(code)));

const add: Readonly<Record<string, (run: Run, item: Item, name: string) => void>> = {
  A: (run, item) => {
    run.info = RunInfo.parse(item);
  },
  P: (run, item, name) => {
    run.params[name] = String(item.v);
  },
  T: (run, item, name) => {
    run.tags[name] = String(item.v);
  },
  L: (run, item) => void run.metrics.push(...points(item)),
  I: (run, item) => void run.inputs.push(DatasetInput.parse(item)),
};

/** A run from its items; undefined when its info is not among them. */
export const runOf = (items: readonly Item[]): Run | undefined => {
  const run = { metrics: [], params: {}, tags: {}, inputs: [] } as unknown as Run;
  for (const item of items) {
    const { part, name } = partOf(item);
    add[part]?.(run, item, name);
  }
  run.metrics.sort((a, b) => (a.key < b.key ? -1 : 1));
  return run.info && run;
};
