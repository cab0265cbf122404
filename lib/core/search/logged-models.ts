import { bounded, buildSearch, type Term } from './build.ts';
import { type LoggedModelDataset, loggedModelConditions, onAnyOf } from './logged-model-conditions.ts';
import { MODEL_SORT_VALUES, MODEL_TEXTS, MODEL_TIMES } from './logged-model-names.ts';
import { parseFilter } from './parse-filter.ts';
import { among, refusal } from './refusal.ts';
import type { Search } from './search.ts';
import { compareTexts } from './text.ts';
import type { LoggedModelView } from './views.ts';

export type { LoggedModelDataset } from './logged-model-conditions.ts';

export interface LoggedModelOrder {
  /** An attribute, or metrics.KEY as it stands, without quotes. */
  readonly fieldName: string;
  /** @default true */
  readonly ascending?: boolean | undefined;
  /** Which measurements count when a metric is sorted by. */
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

export interface LoggedModelSearchText {
  readonly filter?: string | undefined;
  readonly datasets?: readonly LoggedModelDataset[] | undefined;
  /** @default newest first */
  readonly orderBy?: readonly LoggedModelOrder[] | undefined;
}

type ModelTerm = Term<LoggedModelView> & { readonly by: string };
type Metric = LoggedModelView['metrics'][number];

const FIELDS = [...MODEL_TEXTS.keys(), ...MODEL_TIMES.keys()];
const METRICS = 'metrics.';

// Ties go by what the real server cannot hold twice: time, step, run; then by what tells the rest apart.
const laterFirst = (a: Metric, b: Metric): number =>
  compareNumbers(b.timestampMs, a.timestampMs) ||
  compareNumbers(b.step, a.step) ||
  compareTexts(a.runId, b.runId) ||
  compareTexts(a.datasetName ?? '', b.datasetName ?? '') ||
  compareTexts(a.datasetDigest ?? '', b.datasetDigest ?? '');
const compareNumbers = (a: number | bigint, b: number | bigint): number => Number(a > b) - Number(a < b);

const metricTerm = ({ fieldName, ascending = true, datasetName, datasetDigest }: LoggedModelOrder): ModelTerm => {
  const key = fieldName.slice(METRICS.length);
  const counts = (metric: Metric): boolean =>
    metric.key === key &&
    (!datasetName || onAnyOf([{ datasetName }])(metric)) &&
    (!datasetDigest || metric.datasetDigest === datasetDigest);
  const value = (model: LoggedModelView): number | undefined => {
    const latest = model.metrics.filter(counts).sort(laterFirst)[0];
    return latest && bounded(latest.value);
  };
  return { by: fieldName, ascending, value, reads: { from: 'metrics', key } };
};

const termOf = (order: LoggedModelOrder): ModelTerm => {
  const { fieldName, ascending = true } = order;
  if (fieldName.startsWith(METRICS)) return metricTerm(order);
  const value = MODEL_SORT_VALUES.get(fieldName) ?? MODEL_TIMES.get(fieldName) ?? MODEL_TEXTS.get(fieldName);
  if (!value) throw refusal('order_by', fieldName, `logged models are sorted by metrics.KEY or ${among(FIELDS)}`);
  return { by: fieldName, ascending, value, isId: fieldName === 'model_id' };
};

const CREATION = ['creation_time', 'creation_timestamp', 'creation_timestamp_ms'];
const termsOf = (orderBy: readonly LoggedModelOrder[]): ModelTerm[] => {
  const terms = orderBy.map(termOf);
  const byTime = terms.some(({ by }) => CREATION.includes(by));
  const byId = terms.some(({ by }) => by === 'model_id');
  return [
    ...terms,
    ...(byTime ? [] : [termOf({ fieldName: 'creation_timestamp', ascending: false })]),
    ...(byId ? [] : [termOf({ fieldName: 'model_id' })]),
  ];
};

const requireNames = (datasets: readonly LoggedModelDataset[]): void => {
  if (datasets.some(({ datasetName }) => !datasetName))
    throw refusal('filter', 'datasets', 'every data set needs its dataset_name');
};

/**
 * A search of logged models: newest first unless told otherwise, ties by model id; missing values last.
 * @throws INVALID_REQUEST that shows the offending token
 * @example parseLoggedModelSearch({ filter: 'metrics.rmse < 1', orderBy: [{ fieldName: 'metrics.rmse' }] })
 */
export const parseLoggedModelSearch = <T extends LoggedModelView = LoggedModelView>({
  filter = '',
  datasets = [],
  orderBy = [],
}: LoggedModelSearchText): Search<T> => {
  requireNames(datasets);
  return buildSearch<T>({
    conditions: loggedModelConditions(parseFilter(filter, 'loose'), datasets),
    terms: termsOf(orderBy),
    identity: JSON.stringify(['logged-models', filter, datasets, orderBy]),
  });
};
