import type { Clause } from './parse-filter.ts';
import { among, refusal } from './refusal.ts';
import { ilike, like } from './text.ts';

export type Numeric = number | bigint;
export const NUMBER_OPERATORS = ['>', '>=', '=', '!=', '<', '<='] as const;
export const TEXT_OPERATORS = ['=', '!=', 'LIKE', 'ILIKE'] as const;
export const LIST_OPERATORS = ['IN', 'NOT IN'] as const;
export const NULL_OPERATORS = ['IS NULL', 'IS NOT NULL'] as const;

/** The clause with its operator in capitals. @throws INVALID_REQUEST when the operator is not among those allowed */
export const withOperator = (clause: Clause, allowed: readonly string[]): Clause => {
  const operator = clause.operator.toUpperCase();
  if (allowed.includes(operator)) return { ...clause, operator };
  throw refusal('filter', clause.operator, `${clause.identifier} takes ${among(allowed)}`);
};

// Exact for every mix of number and bigint; NaN equals nothing.
const equal = (a: Numeric, b: Numeric): boolean => a <= b && a >= b;
const NUMBER_TESTS: Readonly<Record<string, (a: Numeric, b: Numeric) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

/** A missing number matches nothing, not even !=. */
export const numberTest = (clause: Clause, limit: Numeric): ((seen: Numeric | undefined) => boolean) => {
  const test = NUMBER_TESTS[clause.operator] ?? (() => false);
  return (seen) => seen !== undefined && test(seen, limit);
};

const onText = ({ operator, value }: Clause): ((text: string) => boolean) => {
  if (value.kind === 'list') return listTest(operator, value.items);
  const wanted = value.kind === 'none' ? '' : value.text;
  if (operator === 'LIKE') return like(wanted);
  if (operator === 'ILIKE') return ilike(wanted);
  return operator === '=' ? (text) => text === wanted : (text) => text !== wanted;
};
const listTest = (operator: string, items: readonly string[]): ((text: string) => boolean) => {
  const wanted = new Set(items);
  return operator === 'IN' ? (text) => wanted.has(text) : (text) => !wanted.has(text);
};

/** A missing text matches IS NULL and nothing else. */
export const textTest = (clause: Clause): ((seen: string | undefined) => boolean) => {
  if (clause.operator === 'IS NULL') return (seen) => seen === undefined;
  if (clause.operator === 'IS NOT NULL') return (seen) => seen !== undefined;
  const test = onText(clause);
  return (seen) => seen !== undefined && test(seen);
};

const isListOperator = (operator: string): boolean => (LIST_OPERATORS as readonly string[]).includes(operator);

/** @throws INVALID_REQUEST when the value is not a text in quotes, or a list after IN */
export const requireText = (clause: Clause): Clause => {
  const wanted = isListOperator(clause.operator) ? 'list' : 'text';
  if (clause.value.kind === 'none' || clause.value.kind === wanted) return clause;
  const example = wanted === 'list' ? "a list such as ('a', 'b')" : "a text in quotes, such as 'abc'";
  throw refusal('filter', clause.shown, `${clause.identifier} ${clause.operator} needs ${example}`);
};

/** The number that a clause compares with: exact for whole numbers of any size. */
export const requireNumber = ({ value, identifier, shown }: Clause): Numeric => {
  if (value.kind !== 'number') throw refusal('filter', shown, `${identifier} is compared with a number, such as 1e-2`);
  return /^-?\d+$/.test(value.text) ? exact(BigInt(value.text)) : Number(value.text);
};
const exact = (whole: bigint): Numeric =>
  whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;

/** Values to which the clause confines what it compares; undefined when it does not. */
export const confinedTo = ({ operator, value }: Clause): readonly string[] | undefined => {
  if (operator === '=' && value.kind === 'text') return [value.text];
  return operator === 'IN' && value.kind === 'list' ? value.items : undefined;
};
