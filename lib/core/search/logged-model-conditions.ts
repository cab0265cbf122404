import { bounded, type Condition, ofKey } from './build.ts';
import { loggedModelName, MODEL_TEXTS, MODEL_TIMES, type ModelEntity } from './logged-model-names.ts';
import {
  confinedTo,
  LIST_OPERATORS,
  NUMBER_OPERATORS,
  numberTest,
  requireNumber,
  requireText,
  TEXT_OPERATORS,
  textTest,
  withOperator,
} from './operators.ts';
import type { Clause } from './parse-filter.ts';
import type { LoggedModelView } from './views.ts';

/** A data set by name, and by digest where that is given. */
export interface LoggedModelDataset {
  readonly datasetName: string;
  readonly datasetDigest?: string | undefined;
}
type Metric = LoggedModelView['metrics'][number];
type OnDatasets = (metric: Metric) => boolean;
type Build = (clause: Clause, key: string, onDatasets: OnDatasets) => Condition<LoggedModelView>;

/** Was the metric measured on one of the data sets? Without any, every metric will do. */
export const onAnyOf =
  (datasets: readonly LoggedModelDataset[]): OnDatasets =>
  (metric) =>
    datasets.length === 0 ||
    datasets.some(
      ({ datasetName, datasetDigest }) =>
        metric.datasetName === datasetName && (datasetDigest === undefined || metric.datasetDigest === datasetDigest),
    );

const metricCondition: Build = (given, key, onDatasets) => {
  const clause = withOperator(given, NUMBER_OPERATORS);
  const test = numberTest(clause, Number(requireNumber(clause)));
  return {
    matches: (model) => model.metrics.some((one) => one.key === key && test(bounded(one.value)) && onDatasets(one)),
    reads: { from: 'metrics', key },
  };
};

// A bare number stands for its text here: params.lr = 0.01 is how the real server's own message shows it.
const asText = (clause: Clause): Clause =>
  clause.value.kind === 'number' ? { ...clause, value: { kind: 'text', text: clause.value.text } } : clause;
const textClause = (given: Clause): Clause =>
  requireText(asText(withOperator(given, [...TEXT_OPERATORS, ...LIST_OPERATORS])));

const keyed =
  (from: 'params' | 'tags'): Build =>
  (given, key) => {
    const test = textTest(textClause(given));
    return { matches: (model) => test(ofKey(model[from], key)), reads: { from, key } };
  };

const attributeCondition: Build = (given, key) => {
  const time = MODEL_TIMES.get(key);
  if (!time) {
    const clause = textClause(given);
    const test = textTest(clause);
    return {
      matches: (model) => test(MODEL_TEXTS.get(key)?.(model)),
      pins: { attribute: key, to: confinedTo(clause) },
    };
  }
  const clause = withOperator(given, NUMBER_OPERATORS);
  const test = numberTest(clause, requireNumber(clause));
  return { matches: (model) => test(time(model)) };
};

const BUILDERS: Readonly<Record<ModelEntity, Build>> = {
  attributes: attributeCondition,
  metrics: metricCondition,
  params: keyed('params'),
  tags: keyed('tags'),
};

const measured = (onDatasets: OnDatasets): Condition<LoggedModelView> => ({
  matches: (model) => model.metrics.some(onDatasets),
  reads: { from: 'datasets' },
});

/** Data sets narrow the metrics that comparisons look at; without any such comparison, the models measured on them. */
export const loggedModelConditions = (
  clauses: readonly Clause[],
  datasets: readonly LoggedModelDataset[],
): Condition<LoggedModelView>[] => {
  const onDatasets = onAnyOf(datasets);
  const named = clauses.map((clause) => ({ clause, ...loggedModelName(clause.identifier) }));
  const conditions = named.map(({ clause, entity, key }) => BUILDERS[entity](clause, key, onDatasets));
  const compares = named.some(({ entity }) => entity === 'metrics');
  return datasets.length > 0 && !compares ? [...conditions, measured(onDatasets)] : conditions;
};
