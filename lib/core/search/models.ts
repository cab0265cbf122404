import { buildSearch, type Condition, ofKey, type Term } from './build.ts';
import { fieldName } from './field-names.ts';
import { confinedTo, LIST_OPERATORS, requireText, TEXT_OPERATORS, textTest, withOperator } from './operators.ts';
import { type Clause, parseFilter } from './parse-filter.ts';
import { parseOrder, refuseRepeated } from './parse-order.ts';
import { type NamedCondition, withoutPrompts } from './prompts.ts';
import { plainKey } from './quotes.ts';
import { among, refusal } from './refusal.ts';
import type { Search, SearchText } from './search.ts';
import type { ModelView } from './views.ts';

const nameCondition = (given: Clause): Condition<ModelView> => {
  const clause = requireText(withOperator(given, [...TEXT_OPERATORS, ...LIST_OPERATORS]));
  const test = textTest(clause);
  return { matches: (row) => test(row.name), pins: { attribute: 'name', to: confinedTo(clause) } };
};

const tagCondition = (given: Clause, key: string): Condition<ModelView> => {
  const test = textTest(requireText(withOperator(given, TEXT_OPERATORS)));
  return { matches: (row) => test(ofKey(row.tags, key)), reads: { from: 'tags', key } };
};

const named = (given: Clause): NamedCondition<ModelView> => {
  const name = fieldName(given.identifier, { where: 'filter', attributes: ['name'], quotedAttributes: false });
  const clause = { ...given, operator: given.operator.toUpperCase() };
  const condition = name.entity === 'tag' ? tagCondition(clause, name.key) : nameCondition(clause);
  return { name, clause, condition };
};

type ModelTerm = Term<ModelView> & { readonly by: string };
const byName = (ascending: boolean): ModelTerm => ({ by: 'name', ascending, isId: true, value: (row) => row.name });
const byUpdate = (ascending: boolean): ModelTerm => ({
  by: 'last_updated_timestamp',
  ascending,
  value: (row) => row.lastUpdateTimeMs,
});
const TERMS: ReadonlyMap<string, (ascending: boolean) => ModelTerm> = new Map([
  ['name', byName],
  ['timestamp', byUpdate],
  ['last_updated_timestamp', byUpdate],
]);

const termOf = (text: string): ModelTerm => {
  const { identifier, ascending } = parseOrder(text);
  const term = TERMS.get(plainKey(identifier));
  if (!term) throw refusal('order_by', identifier, `registered models are sorted by ${among(TERMS.keys())}`);
  return term(ascending);
};

const termsOf = (orderBy: readonly string[]): ModelTerm[] => {
  const terms = orderBy.map(termOf);
  const keys = terms.map((term) => term.by);
  refuseRepeated(keys);
  return keys.includes('name') ? terms : [...terms, byName(true)];
};

/**
 * A search of registered models, by name unless told otherwise. Prompts are left out unless asked for.
 * @throws INVALID_REQUEST that shows the offending token
 * @example parseModelSearch({ filter: "name ILIKE '%churn%'", orderBy: ['timestamp DESC'] }).matches(model)
 */
export const parseModelSearch = <T extends ModelView = ModelView>({
  filter = '',
  orderBy = [],
}: SearchText): Search<T> =>
  buildSearch<T>({
    conditions: withoutPrompts(parseFilter(filter).map(named)),
    terms: termsOf(orderBy),
    identity: JSON.stringify(['models', filter, ...orderBy]),
  });
