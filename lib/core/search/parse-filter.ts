import { betweenQuotes, listedText } from './quotes.ts';
import { refusal } from './refusal.ts';
import { type Names, type Token, tokensOf } from './tokens.ts';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'none' };

/** One comparison as it is written; each kind of row gives it a meaning. */
export interface Clause {
  readonly identifier: string;
  /** As written; NOT IN, IS NULL and IS NOT NULL always in capitals. */
  readonly operator: string;
  readonly value: Value;
  /** The value as written, for messages. */
  readonly shown: string;
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}
type Operand = Pick<Clause, 'value' | 'shown'>;

const NEEDS_AND = "write comparisons such as metrics.rmse < 1 AND tags.team = 'a', joined by AND only";
const ending: Token = { kind: 'unknown', text: 'the end' };
const take = (reader: Reader): Token => reader.tokens[reader.at++] ?? ending;
const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'name' && token.text.toUpperCase() === word;
const takeIf = (reader: Reader, word: string): boolean => {
  const found = isWord(reader.tokens[reader.at], word);
  if (found) reader.at += 1;
  return found;
};

const takeIdentifier = (reader: Reader): string => {
  const token = take(reader);
  if (token.kind !== 'name' || isWord(token, 'OR') || isWord(token, 'NOT'))
    throw refusal('filter', token.text, NEEDS_AND);
  return token.text;
};

const takeNull = (reader: Reader): string => {
  const operator = takeIf(reader, 'NOT') ? 'IS NOT NULL' : 'IS NULL';
  if (!takeIf(reader, 'NULL')) throw refusal('filter', take(reader).text, 'IS needs NULL or NOT NULL after it');
  return operator;
};

const takeOperator = (reader: Reader, identifier: string): string => {
  const token = take(reader);
  if (token.kind === 'symbol') return token.text;
  if (isWord(token, 'IS')) return takeNull(reader);
  if (isWord(token, 'NOT')) return `NOT ${take(reader).text.toUpperCase()}`;
  if (isWord(token, 'LIKE') || isWord(token, 'ILIKE') || isWord(token, 'IN')) return token.text;
  throw refusal('filter', token.text, `${identifier} needs an operator after it, such as =, <, LIKE, IN or IS NULL`);
};

const LIST = "a list is written ('a', 'b') and holds at least one text";
const takeListed = (reader: Reader): string => {
  let text: string | undefined;
  for (let next = reader.tokens[reader.at]; next && betweenQuotes(next.text) !== undefined; ) {
    text = (text ?? '') + listedText(take(reader).text);
    next = reader.tokens[reader.at];
  }
  if (text === undefined) throw refusal('filter', take(reader).text, LIST);
  return text;
};

const takeList = (reader: Reader): Operand => {
  const from = reader.at;
  const items = [takeListed(reader)];
  for (;;) {
    const mark = take(reader).text;
    if (mark === ')') break;
    if (mark !== ',') throw refusal('filter', mark, LIST);
    if (reader.tokens[reader.at]?.text !== ')') items.push(takeListed(reader));
  }
  const inside = reader.tokens.slice(from, reader.at).map((token) => token.text);
  return { value: { kind: 'list', items }, shown: `(${inside.join(' ')}` };
};

const takeValue = (reader: Reader): Operand => {
  const token = take(reader);
  const shown = token.text;
  if (shown === '(' && token.kind === 'mark') return takeList(reader);
  if (token.kind === 'number') return { value: { kind: 'number', text: shown }, shown };
  const text = token.kind === 'text' || token.kind === 'name' ? betweenQuotes(shown) : undefined;
  if (text !== undefined) return { value: { kind: 'text', text }, shown };
  throw refusal('filter', shown, "a value is a number or a text in quotes, such as 1e-2 or 'abc'");
};

const takeClause = (reader: Reader): Clause => {
  const identifier = takeIdentifier(reader);
  const operator = takeOperator(reader, identifier);
  const none: Operand = { value: { kind: 'none' }, shown: operator };
  return { identifier, operator, ...(operator.startsWith('IS ') ? none : takeValue(reader)) };
};

/**
 * The comparisons of a filter; every one of them has to hold.
 * @throws INVALID_REQUEST with the token that has no meaning
 */
export const parseFilter = (filter: string, names: Names = 'strict'): Clause[] => {
  const reader: Reader = { tokens: tokensOf(filter, names), at: 0 };
  const clauses: Clause[] = [];
  // The real server takes AND as a blank, also twice and at the end.
  while (reader.at < reader.tokens.length) if (!takeIf(reader, 'AND')) clauses.push(takeClause(reader));
  return clauses;
};
