import { buildSearch, type Condition, ofKey, type Term } from './build.ts';
import { fieldName } from './field-names.ts';
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
import { type Clause, parseFilter } from './parse-filter.ts';
import { type OrderClause, parseOrder, refuseRepeated } from './parse-order.ts';
import { type NamedCondition, withoutPrompts } from './prompts.ts';
import { refusal } from './refusal.ts';
import type { Search, SearchText } from './search.ts';
import type { VersionView } from './views.ts';

const TEXTS: Readonly<Record<string, (row: VersionView) => string | undefined>> = {
  name: (row) => row.name,
  run_id: (row) => row.runId,
  source_path: (row) => row.source,
};
const FILTER_KEYS = [...Object.keys(TEXTS), 'version_number'];

// A number in quotes is a number too, as the clients of old wrote it.
const versionCondition = (given: Clause): Condition<VersionView> => {
  const clause = withOperator(given, NUMBER_OPERATORS);
  const text = clause.value.kind === 'list' || clause.value.kind === 'none' ? clause.shown : clause.value.text.trim();
  if (!/^[+-]?\d+$/.test(text)) throw refusal('filter', clause.shown, 'a version_number is a whole number');
  const test = numberTest(clause, requireNumber({ ...clause, value: { kind: 'number', text: text.replace('+', '') } }));
  return { matches: (row) => test(row.version) };
};

const attributeCondition = (given: Clause, key: string): Condition<VersionView> => {
  if (key === 'version_number') return versionCondition(given);
  const lists = key === 'source_path' ? [] : LIST_OPERATORS;
  const clause = requireText(withOperator(given, [...TEXT_OPERATORS, ...lists]));
  const test = textTest(clause);
  return { matches: (row) => test(TEXTS[key]?.(row)), pins: { attribute: key, to: confinedTo(clause) } };
};

const tagCondition = (given: Clause, key: string): Condition<VersionView> => {
  const test = textTest(requireText(withOperator(given, TEXT_OPERATORS)));
  return { matches: (row) => test(ofKey(row.tags, key)), reads: { from: 'tags', key } };
};

const named = (given: Clause): NamedCondition<VersionView> => {
  const name = fieldName(given.identifier, { where: 'filter', attributes: FILTER_KEYS, quotedAttributes: false });
  const clause = { ...given, operator: given.operator.toUpperCase() };
  const condition = name.entity === 'tag' ? tagCondition(clause, name.key) : attributeCondition(clause, name.key);
  return { name, clause, condition };
};

type VersionTerm = Term<VersionView> & { readonly by: string };
const VALUES: Readonly<Record<string, Term<VersionView>['value']>> = {
  name: (row) => row.name,
  version_number: (row) => row.version,
  creation_timestamp: (row) => row.creationTimeMs,
  last_updated_timestamp: (row) => row.lastUpdateTimeMs,
};
const ORDER_KEYS = Object.keys(VALUES);

const termOf = ({ identifier, ascending }: OrderClause): VersionTerm => {
  const { entity, key } = fieldName(identifier, { where: 'order_by', attributes: ORDER_KEYS, quotedAttributes: true });
  const value = VALUES[key];
  if (entity === 'tag' || !value) throw refusal('order_by', identifier, 'versions are sorted by attributes only');
  return { by: key, ascending, value, isId: key === 'name' };
};

const DEFAULT_ORDER = ['last_updated_timestamp DESC', 'name ASC', 'version_number DESC'];
const termsOf = (orderBy: readonly string[]): VersionTerm[] => {
  const terms = (orderBy.length > 0 ? orderBy : DEFAULT_ORDER).map((text) => termOf(parseOrder(text)));
  const keys = terms.map((term) => term.by);
  refuseRepeated(keys);
  const byName = keys.includes('name') ? [] : [termOf({ identifier: 'name', ascending: true })];
  const byNumber = keys.includes('version_number') ? [] : [termOf({ identifier: 'version_number', ascending: false })];
  return [...terms, ...byName, ...byNumber];
};

/**
 * A search of model versions: last updated first, ties by name, then newest version. Prompts are left out unless asked
 * for.
 * @throws INVALID_REQUEST that shows the offending token
 * @example parseVersionSearch({ filter: "name = 'churn' AND version_number > 2" }).matches(version)
 */
export const parseVersionSearch = <T extends VersionView = VersionView>({
  filter = '',
  orderBy = [],
}: SearchText): Search<T> =>
  buildSearch<T>({
    conditions: withoutPrompts(parseFilter(filter).map(named)),
    terms: termsOf(orderBy),
    identity: JSON.stringify(['versions', filter, ...orderBy]),
  });
