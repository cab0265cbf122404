import { call, cast, negative } from './nodes.ts';
import { parsePrimary } from './parse-primary.ts';
import { typeNamed } from './parse-type.ts';
import { type Reader, reader } from './reader.ts';
import { refuse } from './refusals.ts';
import { measure } from './tree.ts';
import type { Expression } from './types.ts';

/** As long as the contract of an on-demand feature lets it be. */
const MOST_CHARACTERS = 4_000;

type Level = (tokens: Reader) => Expression;

const CONTINUES = 'after a value comes an operator such as + - * / % || = <> < AND OR IS IN LIKE BETWEEN, or the end';

const comparisons: Readonly<Record<string, string>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** a op b op c, from the left. */
const leftOf = (next: Level, operators: Readonly<Record<string, string>>): Level => {
  const symbols = Object.keys(operators);
  return (tokens) => {
    let left = next(tokens);
    for (;;) {
      const symbol = symbols.find((one) => tokens.isNext(one));
      if (symbol === undefined) return left;
      const { at } = tokens.take();
      left = call(at, operators[symbol] ?? symbol, left, next(tokens));
    }
  };
};

const parseCasts: Level = (tokens) => {
  let operand = parsePrimary(tokens, parseAny);
  for (let mark = tokens.takeIf('::'); mark; mark = tokens.takeIf('::'))
    operand = cast(mark.at, operand, typeNamed(tokens));
  return operand;
};

const parseSigned: Level = (tokens) => {
  const minus = tokens.takeIf('-');
  if (minus)
    return negative(
      minus.at,
      tokens.deeper(() => parseSigned(tokens)),
    );
  return tokens.takeIf('+') ? tokens.deeper(() => parseSigned(tokens)) : parseCasts(tokens);
};

const parseProduct = leftOf(parseSigned, { '*': '*', '/': '/', '%': '%' });
const parseSum = leftOf(parseProduct, { '+': '+', '-': '-' });
const parseJoined = leftOf(parseSum, { '||': '||' });

const parseList = (tokens: Reader): Expression[] => {
  tokens.expect('(', 'IN');
  const items: Expression[] = [];
  do items.push(parseAny(tokens));
  while (tokens.takeIf(','));
  tokens.expect(')', 'the list of IN');
  return items;
};

const parseTest = (tokens: Reader, left: Expression): Expression | undefined => {
  const word = ['IN', 'LIKE', 'BETWEEN'].find((one) => tokens.isNext(one));
  if (word === undefined) return undefined;
  const { at } = tokens.take();
  if (word === 'IN') return call(at, 'in', left, ...parseList(tokens));
  const first = parseJoined(tokens);
  if (word === 'LIKE') return call(at, 'like', left, first);
  tokens.expect('AND', 'BETWEEN');
  return call(at, 'between', left, first, parseJoined(tokens));
};

const parseTested: Level = (tokens) => {
  const left = parseJoined(tokens);
  const isNegated = tokens.isNext('NOT') && ['IN', 'LIKE', 'BETWEEN'].some((word) => tokens.isNext(word, 1));
  const not = isNegated ? tokens.take() : undefined;
  const test = parseTest(tokens, left);
  if (!test) return left;
  return not ? call(not.at, 'not', test) : test;
};

const parseComparison: Level = (tokens) => {
  const left = parseTested(tokens);
  const operator = comparisons[tokens.peek().text];
  if (operator === undefined || tokens.peek().kind !== 'symbol') return left;
  const { at } = tokens.take();
  return call(at, operator, left, parseTested(tokens));
};

const isTests: Readonly<Record<string, string>> = { NULL: 'is_null', TRUE: 'is_true', FALSE: 'is_false' };

const parseIs: Level = (tokens) => {
  let left = parseComparison(tokens);
  for (let is = tokens.takeIf('IS'); is; is = tokens.takeIf('IS')) {
    const not = tokens.takeIf('NOT');
    const what = Object.keys(isTests).find((word) => tokens.isNext(word));
    if (what === undefined) throw tokens.refuse(tokens.peek(), 'IS needs NULL, TRUE, FALSE or NOT before one of them');
    tokens.take();
    const test = call(is.at, isTests[what] ?? 'is_null', left);
    left = not ? call(not.at, 'not', test) : test;
  }
  return left;
};

const parseNot: Level = (tokens) => {
  const not = tokens.takeIf('NOT');
  return not
    ? call(
        not.at,
        'not',
        tokens.deeper(() => parseNot(tokens)),
      )
    : parseIs(tokens);
};

const parseAnd = leftOf(parseNot, { AND: 'and' });
const parseOr = leftOf(parseAnd, { OR: 'or' });
const parseAny: Level = (tokens) => tokens.deeper(() => parseOr(tokens));

const MOST_DEEP = 100;
const MOST_NODES = 5_000;

const checkText = (text: string): void => {
  if (text.length > MOST_CHARACTERS)
    throw refuse(text, 0, { seen: `${text.length} characters`, allowed: `at most ${MOST_CHARACTERS} are allowed` });
  const at = text.indexOf('\0');
  if (at >= 0) throw refuse(text, at, { seen: 'a NUL character', allowed: 'leave it out' });
  if (!text.isWellFormed()) throw refuse(text, 0, { seen: 'half a character', allowed: 'the text must be Unicode' });
};

// The engine refuses what is nested too deeply, and writing CASE x out can make a short text very large.
const checkSize = (text: string, expression: Expression): void => {
  const { size, depth } = measure(expression);
  if (depth <= MOST_DEEP && size <= MOST_NODES) return;
  const allowed = `at most ${MOST_DEEP} and ${MOST_NODES} are allowed; split it into several features`;
  throw refuse(text, 0, { seen: `${depth} levels of ${size} parts`, allowed });
};

/**
 * One scalar SQL expression. What it may hold is the table of functions, CASE and CAST: no query, no aggregate.
 * @throws SQL_INVALID with line and column (of this text), what was seen and what is allowed
 * @example parseExpression('amount / nullif(amount_mean_30d, 0)')
 */
export const parseExpression = (text: string): Expression => {
  checkText(text);
  const tokens = reader(text);
  const expression = parseAny(tokens);
  const rest = tokens.peek();
  if (rest.kind !== 'end') throw tokens.refuse(rest, CONTINUES);
  checkSize(text, expression);
  return expression;
};
