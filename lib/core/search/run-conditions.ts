import { bounded, type Condition, ofKey } from './build.ts';
import {
  confinedTo,
  LIST_OPERATORS,
  NULL_OPERATORS,
  NUMBER_OPERATORS,
  numberTest,
  requireNumber,
  requireText,
  TEXT_OPERATORS,
  textTest,
  withOperator,
} from './operators.ts';
import type { Clause } from './parse-filter.ts';
import type { RunEntity } from './run-names.ts';
import { runName } from './run-names.ts';
import type { RunView } from './views.ts';

/** The tag that always says what the run is called. */
export const RUN_NAME_TAG = 'mlflow.runName';
const DATASET_CONTEXT_TAG = 'mlflow.data.context';

type Attribute = (run: RunView) => string | undefined;
export const TEXT_ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  run_id: (run) => run.info.runId,
  // The tag is the name: who takes it away takes the run out of searches by name.
  run_name: (run) => ofKey(run.tags, RUN_NAME_TAG),
  user_id: (run) => run.info.userId,
  status: (run) => run.info.status,
  artifact_uri: (run) => run.info.artifactUri,
};
export const TIME_ATTRIBUTES: Readonly<Record<string, (run: RunView) => number | undefined>> = {
  start_time: (run) => run.info.startTimeMs,
  end_time: (run) => run.info.endTimeMs,
};

type Build = (clause: Clause, key: string) => Condition<RunView>;

const metricCondition: Build = (given, key) => {
  const clause = withOperator(given, NUMBER_OPERATORS);
  const test = numberTest(clause, Number(requireNumber(clause)));
  const seen = (run: RunView): number | undefined => run.metrics.find((metric) => metric.key === key)?.value;
  const matches = (run: RunView): boolean => {
    const value = seen(run);
    return value !== undefined && test(bounded(value));
  };
  return { matches, reads: { from: 'metrics', key } };
};

const keyed =
  (from: 'params' | 'tags'): Build =>
  (given, key) => {
    const test = textTest(requireText(withOperator(given, [...TEXT_OPERATORS, ...NULL_OPERATORS])));
    return { matches: (run) => test(ofKey(run[from], key)), reads: { from, key } };
  };

const timeCondition = (given: Clause, value: (run: RunView) => number | undefined): Condition<RunView> => {
  const clause = withOperator(given, NUMBER_OPERATORS);
  const test = numberTest(clause, requireNumber(clause));
  return { matches: (run) => test(value(run)) };
};

const attributeCondition: Build = (given, key) => {
  const time = TIME_ATTRIBUTES[key];
  if (time) return timeCondition(given, time);
  // Only ids may be listed, as with the real server.
  const lists = key === 'run_id' ? LIST_OPERATORS : [];
  const clause = requireText(withOperator(given, [...TEXT_OPERATORS, ...lists]));
  const test = textTest(clause);
  return {
    matches: (run) => test(TEXT_ATTRIBUTES[key]?.(run)),
    reads: key === 'run_name' ? { from: 'tags', key: RUN_NAME_TAG } : undefined,
    pins: { attribute: key, to: confinedTo(clause) },
  };
};

const DATASET_VALUES: Readonly<Record<string, (input: RunView['inputs'][number]) => string | undefined>> = {
  name: (input) => input.name,
  digest: (input) => input.digest,
  context: (input) => ofKey(input.tags, DATASET_CONTEXT_TAG),
};

const datasetCondition: Build = (given, key) => {
  const test = textTest(requireText(withOperator(given, [...TEXT_OPERATORS, ...LIST_OPERATORS])));
  return {
    matches: (run) => run.inputs.some((input) => test(DATASET_VALUES[key]?.(input))),
    reads: { from: 'datasets' },
  };
};

const BUILDERS: Readonly<Record<RunEntity, Build>> = {
  metric: metricCondition,
  parameter: keyed('params'),
  tag: keyed('tags'),
  attribute: attributeCondition,
  dataset: datasetCondition,
};

/** @throws INVALID_REQUEST when the name, the operator or the value does not fit */
export const runCondition = (clause: Clause): Condition<RunView> => {
  const { entity, key } = runName(clause.identifier, 'filter');
  return BUILDERS[entity](clause, key);
};
