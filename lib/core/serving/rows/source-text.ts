import { countOf } from '../count-of.ts';
import type { Fields } from '../read-request.ts';

/** Longer rows are rare, and a number of a thousand digits is better written anew. */
const MOST_CHARACTERS = 20_000;

/** A text that can be cut by its braces: nothing is escaped in it, and it stands on one line as ledger lines do. */
const isSimple = (text: string): boolean => !(text.includes('\\') || text.includes('\n') || text.includes('\r'));

/**
 * Texts of so many flat objects, one after another, in JSON that is known to hold them in `around` further braces.
 * Undefined when it is not certain where each begins and ends: a brace too many is one in a text, or a nested object.
 */
const flatObjects = (json: string, count: number, around: number): readonly string[] | undefined => {
  if (!isSimple(json)) return undefined;
  const found: string[] = [];
  let at = around === 0 ? 0 : json.indexOf('{') + 1;
  while (found.length < count) {
    const open = json.indexOf('{', at);
    const close = json.indexOf('}', at);
    if (open === -1 || close < open) return undefined;
    found.push(json.slice(open, close + 1));
    at = close + 1;
  }
  if (json.includes('{', at)) return undefined;
  const last = json.indexOf('}', at);
  const isClosed = around === 0 ? last === -1 : last !== -1 && !json.includes('}', last + 1);
  return isClosed ? found : undefined;
};

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const quotesIn = (text: string): number => countOf('"', text);

/** Quotes around the names and texts of an object when every name comes once: one that comes twice has some of its own. */
const quotesOf = (fields: Fields): number => {
  let quotes = 0;
  for (const name in fields) quotes += typeof fields[name] === 'string' ? 4 : 2;
  return quotes;
};

/** The text of a body that is one flat object. @param body what `json` was parsed to */
export const bodyText = (json: string, body: unknown): string | undefined => {
  if (!isObject(body) || json.length > MOST_CHARACTERS) return undefined;
  const [text] = flatObjects(json, 1, 0) ?? [];
  return text !== undefined && quotesIn(json) === quotesOf(body) ? text : undefined;
};

/** Texts of the rows of `{"rows": [...]}`. @param rows what its rows were parsed to */
export const rowTexts = (json: string, rows: readonly unknown[]): readonly string[] | undefined => {
  if (!rows.every(isObject)) return undefined;
  const texts = flatObjects(json, rows.length, 1);
  // Counted over all of them at once: no row can have fewer than its own.
  const quotes = rows.reduce((sum, row) => sum + quotesOf(row), quotesOf({ rows }));
  return texts && quotesIn(json) === quotes ? texts : undefined;
};

// With the comma that would be left over: the one behind, or the one in front of the last member.
const memberOf = (name: string): RegExp => {
  const member = `"${name}"\\s*:\\s*(?:"[^"]*"|[^",}\\s]+)\\s*`;
  return new RegExp(`${member},\\s*|,\\s*${member}(?=\\})`);
};

/**
 * Cuts the features out of a row's own text: writing twenty numbers anew costs more than all else of a row. They are
 * all that the row holds beside its join key.
 * @example featuresIn('customer_id', 2)('{"customer_id":"c-1","a":1.50,"b":2}', fields) // '{"a":1.50,"b":2}'
 */
export const featuresIn = (entityKey: string, count: number) => {
  const member = memberOf(entityKey);
  return (text: string, fields: Fields): string | undefined => {
    let names = 0;
    for (const _ in fields) names += 1;
    if (names !== count + 1 || text.length > MOST_CHARACTERS) return undefined;
    const found = member.exec(text);
    return found ? text.slice(0, found.index) + text.slice(found.index + found[0].length) : undefined;
  };
};
