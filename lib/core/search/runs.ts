import { bounded, buildSearch, ofKey, type Term } from './build.ts';
import { parseFilter } from './parse-filter.ts';
import { type OrderClause, parseOrder, refuseRepeated } from './parse-order.ts';
import { refusal } from './refusal.ts';
import { runCondition, TEXT_ATTRIBUTES, TIME_ATTRIBUTES } from './run-conditions.ts';
import { type RunEntity, runName } from './run-names.ts';
import type { Search, SearchText, SortValue, TimeBounds } from './search.ts';
import { startTimeBounds } from './start-time.ts';
import type { RunView } from './views.ts';

/** A search of runs, with what lets a store skip the others. */
export interface RunSearch<T extends RunView = RunView> extends Search<T> {
  /** Every match started within these bounds. */
  readonly startTime: () => TimeBounds;
  /** Set when start_time leads the order: a walk along start times may stop at a full page. */
  readonly walk: () => 'newest-first' | 'oldest-first' | undefined;
}

type RunTerm = Term<RunView> & { readonly by: string };
type ValueOf = Pick<Term<RunView>, 'value' | 'reads'>;

// Filters go by the tag, the order by the name itself.
const TEXTS: typeof TEXT_ATTRIBUTES = { ...TEXT_ATTRIBUTES, run_name: (run: RunView): string => run.info.runName };
const attributeValue = (key: string): ((run: RunView) => SortValue) | undefined => TIME_ATTRIBUTES[key] ?? TEXTS[key];

const metricValue = (run: RunView, key: string): number | undefined => {
  const value = run.metrics.find((metric) => metric.key === key)?.value;
  return value === undefined ? undefined : bounded(value);
};

const VALUES: Readonly<Record<RunEntity, (key: string) => ValueOf>> = {
  metric: (key) => ({ value: (run) => metricValue(run, key), reads: { from: 'metrics', key } }),
  parameter: (key) => ({ value: (run) => ofKey(run.params, key), reads: { from: 'params', key } }),
  tag: (key) => ({ value: (run) => ofKey(run.tags, key), reads: { from: 'tags', key } }),
  attribute: (key) => ({ value: (run) => attributeValue(key)?.(run) }),
  dataset: (key) => {
    throw refusal('order_by', `dataset.${key}`, 'runs are sorted by metrics, params, tags and attributes');
  },
};

const RUN_ID = 'attribute.run_id';
const termOf = ({ identifier, ascending }: OrderClause): RunTerm => {
  const { entity, key } = runName(identifier, 'order_by');
  const by = `${entity}.${key}`;
  return { by, ascending, isId: by === RUN_ID, ...VALUES[entity](key) };
};

const START_TIME = 'attribute.start_time';
const newestFirst = termOf({ identifier: 'start_time', ascending: false });
const byId = termOf({ identifier: 'run_id', ascending: true });

const termsOf = (orderBy: readonly string[]): RunTerm[] => {
  const terms = orderBy.map((text) => termOf(parseOrder(text)));
  const keys = terms.map((term) => term.by);
  refuseRepeated(keys);
  return [...terms, ...(keys.includes(START_TIME) ? [] : [newestFirst]), byId];
};

/**
 * A search of runs. Missing values come last in both directions, NaN before them; ties by start_time DESC, then run id.
 * @throws INVALID_REQUEST that shows the offending token
 * @example parseRunSearch({ filter: "metrics.rmse < 1", orderBy: ['metrics.rmse ASC'] }).matches(run)
 */
export const parseRunSearch = <T extends RunView = RunView>({
  filter = '',
  orderBy = [],
}: SearchText): RunSearch<T> => {
  const clauses = parseFilter(filter);
  const terms = termsOf(orderBy);
  const [first] = terms;
  const direction = first?.ascending ? 'oldest-first' : 'newest-first';
  return {
    ...buildSearch<T>({
      conditions: clauses.map(runCondition),
      terms,
      identity: JSON.stringify(['runs', filter, ...orderBy]),
    }),
    startTime: () => startTimeBounds(clauses),
    walk: () => (first?.by === START_TIME ? direction : undefined),
  };
};
