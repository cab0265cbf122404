import { buildSearch, type Condition, ofKey, type Term } from './build.ts';
import { fieldName } from './field-names.ts';
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
import { type Clause, parseFilter, type Value } from './parse-filter.ts';
import { type OrderClause, parseOrder } from './parse-order.ts';
import { refusal } from './refusal.ts';
import type { Search, SearchText } from './search.ts';
import type { ExperimentView } from './views.ts';

const ATTRIBUTES = ['name', 'experiment_id', 'creation_time', 'last_update_time'];
const TIMES: Readonly<Record<string, (experiment: ExperimentView) => number>> = {
  creation_time: (experiment) => experiment.creationTimeMs,
  last_update_time: (experiment) => experiment.lastUpdateTimeMs,
};

// Ids are whole numbers for MLflow: 007 is 7, and 10 comes after 9.
const idText = (text: string): string => {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return String(BigInt(text.trim().replace('+', '')));
  throw refusal('filter', text, 'an experiment_id is a whole number in quotes');
};
const wholeIds = (value: Value): Value => {
  if (value.kind === 'list') return { ...value, items: value.items.map(idText) };
  return value.kind === 'text' ? { ...value, text: idText(value.text) } : value;
};

const idCondition = (given: Clause): Condition<ExperimentView> => {
  const clause = requireText(withOperator(given, ['=', '!=', ...LIST_OPERATORS]));
  const whole = { ...clause, value: wholeIds(clause.value) };
  const test = textTest(whole);
  return { matches: (row) => test(row.experimentId), pins: { attribute: 'experiment_id', to: confinedTo(whole) } };
};

const timeCondition = (given: Clause, value: (row: ExperimentView) => number): Condition<ExperimentView> => {
  const clause = withOperator(given, NUMBER_OPERATORS);
  const limit = requireNumber(clause);
  if (!/^-?\d+$/.test(clause.shown))
    throw refusal('filter', clause.shown, 'a moment is a whole number of milliseconds');
  const test = numberTest(clause, limit);
  return { matches: (row) => test(value(row)) };
};

const attributeCondition = (given: Clause, key: string): Condition<ExperimentView> => {
  if (key === 'experiment_id') return idCondition(given);
  const time = TIMES[key];
  if (time) return timeCondition(given, time);
  const clause = requireText(withOperator(given, TEXT_OPERATORS));
  const test = textTest(clause);
  return { matches: (row) => test(row.name), pins: { attribute: 'name', to: confinedTo(clause) } };
};

// The real server takes these operators in capitals only, here and nowhere else.
const inCapitals = (clause: Clause): Clause => {
  if (clause.operator === clause.operator.toUpperCase()) return clause;
  throw refusal(
    'filter',
    clause.operator,
    `a search of experiments takes ${clause.operator.toUpperCase()} in capitals`,
  );
};

const conditionOf = (given: Clause): Condition<ExperimentView> => {
  const clause = inCapitals(given);
  const { entity, key } = fieldName(clause.identifier, {
    where: 'filter',
    attributes: ATTRIBUTES,
    quotedAttributes: true,
  });
  if (entity === 'attribute') return attributeCondition(clause, key);
  const test = textTest(requireText(withOperator(clause, [...TEXT_OPERATORS, ...NULL_OPERATORS])));
  return { matches: (row) => test(ofKey(row.tags, key)), reads: { from: 'tags', key } };
};

const idNumber = (text: string): bigint | string => (/^\d+$/.test(text) ? BigInt(text) : text);
const VALUES: Readonly<Record<string, Term<ExperimentView>['value']>> = {
  ...TIMES,
  name: (row) => row.name,
  experiment_id: (row) => idNumber(row.experimentId),
};

type ExperimentTerm = Term<ExperimentView> & { readonly by: string };
const termOf = ({ identifier, ascending }: OrderClause): ExperimentTerm => {
  const { entity, key } = fieldName(identifier, { where: 'order_by', attributes: ATTRIBUTES, quotedAttributes: true });
  const value = VALUES[key];
  if (entity === 'tag' || !value) throw refusal('order_by', identifier, 'experiments are sorted by attributes only');
  return { by: key, ascending, value, isId: key === 'experiment_id' };
};

const DEFAULT_ORDER = ['creation_time DESC', 'experiment_id ASC'];
const termsOf = (orderBy: readonly string[]): ExperimentTerm[] => {
  const terms = (orderBy.length > 0 ? orderBy : DEFAULT_ORDER).map((text) => termOf(parseOrder(text)));
  const ends = terms.some((term) => term.by === 'experiment_id');
  return ends ? terms : [...terms, termOf({ identifier: 'experiment_id', ascending: false })];
};

/**
 * A search of experiments: newest first unless told otherwise, ties by experiment_id DESC.
 * @throws INVALID_REQUEST that shows the offending token
 * @example parseExperimentSearch({ filter: "name LIKE 'churn%' AND tags.team IS NOT NULL" }).matches(experiment)
 */
export const parseExperimentSearch = <T extends ExperimentView = ExperimentView>({
  filter = '',
  orderBy = [],
}: SearchText): Search<T> =>
  buildSearch<T>({
    conditions: parseFilter(filter).map(conditionOf),
    terms: termsOf(orderBy),
    identity: JSON.stringify(['experiments', filter, ...orderBy]),
  });
