const isQuoted = (text: string, quote: string): boolean =>
  text.length >= 2 && text.startsWith(quote) && text.endsWith(quote);

/** The text between ' or " quotes, taken as it stands (no escapes); undefined when there are none. */
export const betweenQuotes = (text: string): string | undefined =>
  isQuoted(text, "'") || isQuoted(text, '"') ? text.slice(1, -1) : undefined;

/** @example withoutBackticks('`a b`') // 'a b' */
export const withoutBackticks = (text: string): string => (isQuoted(text, '`') ? text.slice(1, -1) : text);

/** A key as it is stored, without the quotes of any kind around it. */
export const plainKey = (text: string): string => withoutBackticks(betweenQuotes(text) ?? text);

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

/**
 * A text inside an IN list, which the real server reads as a Python literal: backslashes escape, and a doubled quote
 * ends one text and starts the next.
 * @example listedText(String.raw`'it\'s'`) // "it's"
 */
export const listedText = (raw: string): string => {
  const special = raw.startsWith("'") ? /\\[\s\S]|''/g : /\\[\s\S]|""/g;
  const read = (found: string): string => (found.startsWith('\\') ? (ESCAPES[found.slice(1)] ?? found) : '');
  return raw.slice(1, -1).replace(special, read);
};
