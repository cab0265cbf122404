import { findFunction, functionNames, partNames } from './functions/index.ts';
import { call, cast, literal } from './nodes.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { typeNamed } from './parse-type.ts';
import { KEYWORDS, type Reader } from './reader.ts';
import type { Token } from './tokens.ts';
import type { Case, Expression } from './types.ts';
import { wholeValue } from './whole.ts';

type Inner = (tokens: Reader) => Expression;

const VALUE = "a value is needed here: a name, a number, a 'text', a function, CASE, CAST, NOT, - or (";

const parseNumber = (tokens: Reader, token: Token): Expression => {
  if (token.kind === 'integer') return literal(token.at, 'integer', wholeValue(BigInt(token.text)));
  const value = Number(token.text);
  if (Number.isFinite(value)) return literal(token.at, 'number', value);
  throw tokens.refuse(token, 'a number has to lie within ±1.8e308');
};

const parseBranches = (tokens: Reader, parse: Inner, subject: Expression | undefined): Case['branches'] => {
  const branches: { when: Expression; gives: Expression }[] = [];
  while (tokens.takeIf('WHEN')) {
    const { at } = tokens.peek();
    const condition = parse(tokens);
    tokens.expect('THEN', 'CASE');
    branches.push({ when: subject ? call(at, '=', subject, condition) : condition, gives: parse(tokens) });
  }
  return branches;
};

const parseCase = (tokens: Reader, parse: Inner, { at }: Token): Expression => {
  const subject = tokens.isNext('WHEN') ? undefined : parse(tokens);
  const branches = parseBranches(tokens, parse, subject);
  if (branches.length === 0) throw tokens.refuse(tokens.peek(), 'CASE needs WHEN condition THEN value');
  const otherwise = tokens.takeIf('ELSE') ? parse(tokens) : literal(at, 'null', null);
  tokens.expect('END', 'CASE');
  return { kind: 'case', at, branches, otherwise };
};

const parseCast = (tokens: Reader, parse: Inner, token: Token): Expression => {
  const word = token.text.toUpperCase();
  tokens.expect('(', word);
  const operand = parse(tokens);
  tokens.expect('AS', word);
  const to = typeNamed(tokens);
  tokens.expect(')', word);
  return cast(token.at, operand, to);
};

// Every expression is tried anyway; the canonical text says so to the engine.
const parseTry = (tokens: Reader, parse: Inner): Expression => {
  tokens.expect('(', 'TRY');
  const operand = parse(tokens);
  tokens.expect(')', 'TRY');
  return operand;
};

const parseExtract = (tokens: Reader, parse: Inner, { at }: Token): Expression => {
  tokens.expect('(', 'EXTRACT');
  const part = tokens.take();
  const found = part.kind === 'word' ? findFunction(part.text.toLowerCase()) : undefined;
  if (!found?.isPart) throw tokens.refuse(part, `EXTRACT takes ${partNames().join(', ')}`);
  tokens.expect('FROM', 'EXTRACT');
  const from = parse(tokens);
  tokens.expect(')', 'EXTRACT');
  return call(at, found.name, from);
};

const parseCall = (tokens: Reader, parse: Inner, token: Token): Expression => {
  const found = findFunction(token.text.toLowerCase());
  if (!found?.isCalled) throw tokens.refuse(token, `functions are ${functionNames().join(', ')}`);
  tokens.expect('(', token.text);
  const operands: Expression[] = [];
  if (!tokens.isNext(')'))
    do operands.push(parse(tokens));
    while (tokens.takeIf(','));
  tokens.expect(')', `the call of ${found.name}`);
  return call(token.at, found.name, ...operands);
};

const parseMoment = (tokens: Reader, { at }: Token): Expression => {
  const text = tokens.take();
  const value = parseTimestamp(text.text);
  if (value !== undefined) return literal(at, 'timestamp', value);
  throw tokens.refuse(text, "a timestamp is written TIMESTAMP '2026-01-31 23:59:59.123456', in UTC, from 1700 to 2250");
};

const constants: Readonly<Record<string, Inner>> = {
  NULL: (tokens) => literal(tokens.take().at, 'null', null),
  TRUE: (tokens) => literal(tokens.take().at, 'boolean', true),
  FALSE: (tokens) => literal(tokens.take().at, 'boolean', false),
};
const forms: Readonly<Record<string, typeof parseCase>> = {
  CASE: parseCase,
  CAST: parseCast,
  TRY_CAST: parseCast,
  TRY: parseTry,
  EXTRACT: parseExtract,
};

const parseWord = (tokens: Reader, parse: Inner): Expression => {
  const word = tokens.peek().text.toUpperCase();
  const constant = constants[word];
  if (constant) return constant(tokens);
  const form = forms[word];
  if (form) return form(tokens, parse, tokens.take());
  if (KEYWORDS.has(word))
    throw tokens.refuse(tokens.peek(), `${VALUE}; a column of that name goes between double quotes`);
  const token = tokens.take();
  if (tokens.isNext('(')) return parseCall(tokens, parse, token);
  if (word === 'TIMESTAMP' && tokens.peek().kind === 'text') return parseMoment(tokens, token);
  return { kind: 'name', at: token.at, name: token.text };
};

/** A value: literal, name, call, CASE, CAST, EXTRACT or something between parentheses. @throws SQL_INVALID */
export const parsePrimary = (tokens: Reader, parse: Inner): Expression => {
  const token = tokens.peek();
  if (token.kind === 'word') return parseWord(tokens, parse);
  if (token.kind === 'symbol' && token.text === '(') {
    tokens.take();
    const inner = parse(tokens);
    tokens.expect(')', 'the parenthesis');
    return inner;
  }
  if (token.kind === 'end' || token.kind === 'symbol') throw tokens.refuse(token, VALUE);
  tokens.take();
  if (token.kind === 'name') return { kind: 'name', at: token.at, name: token.text };
  return token.kind === 'text' ? literal(token.at, 'string', token.text) : parseNumber(tokens, token);
};
