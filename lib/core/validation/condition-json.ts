import { type Condition, comparisonOf, UnreadableCondition } from './condition.ts';
import { readCondition } from './condition-text.ts';

type Fields = Readonly<Record<string, unknown>>;
type Value = string | number | boolean;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isValue = (value: unknown): value is Value => ['string', 'number', 'boolean'].includes(typeof value);

const columnOf = ({ column }: Fields): string => {
  const name = isFields(column) ? column.name : column;
  if (typeof name === 'string' && name !== '') return name;
  throw new UnreadableCondition('a condition of this type needs a column, such as {"name": "age"}');
};

const parts = ({ conditions }: Fields): Condition[] => {
  if (Array.isArray(conditions) && conditions.length > 0) return conditions.map(conditionOf);
  throw new UnreadableCondition('"and" and "or" need a list of conditions');
};

const comparison = (fields: Fields): Condition => {
  const { operator, parameter } = fields;
  const column = columnOf(fields);
  if (operator === 'IN' || operator === 'NOT_IN') {
    if (!Array.isArray(parameter) || !parameter.every(isValue))
      throw new UnreadableCondition(`${operator} needs a list of texts or numbers as its parameter`);
    const inside: Condition = { kind: 'in', column, values: parameter };
    return operator === 'IN' ? inside : { kind: 'not', part: inside };
  }
  const known = typeof operator === 'string' ? comparisonOf(operator) : undefined;
  if (!known)
    throw new UnreadableCondition(`operator ${JSON.stringify(operator)} is not one of == != < <= > >= IN NOT_IN`);
  if (!isValue(parameter)) throw new UnreadableCondition('the parameter must be a text, a number or a boolean');
  return { kind: 'compare', left: { column }, operator: known, right: { value: parameter } };
};

const nullity = (fields: Fields): Condition => {
  const isNull: Condition = { kind: 'null', column: columnOf(fields) };
  return fields.is_null === true ? isNull : { kind: 'not', part: isNull };
};

const readers: Readonly<Record<string, (fields: Fields) => Condition>> = {
  and: (fields) => ({ kind: 'and', parts: parts(fields) }),
  or: (fields) => ({ kind: 'or', parts: parts(fields) }),
  comparison,
  nullity,
  pass_through: ({ pass_through_filter: text }) => readCondition(String(text ?? '')),
};

/** Reads the structured conditions that Great Expectations writes since 1.9. @throws UnreadableCondition */
export const conditionOf = (value: unknown): Condition => {
  const type = isFields(value) ? value.type : undefined;
  const reader = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader && isFields(value)) return reader(value);
  throw new UnreadableCondition(
    `condition type ${JSON.stringify(type)} is not one of ${Object.keys(readers).join(', ')}`,
  );
};
