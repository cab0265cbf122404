/** JSON in which 64-bit integers, NaN and the infinities survive, as MLflow's clients and servers write it. */

// What Node has and TypeScript's library does not know yet.
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: SourceReviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

// A string whole (also one that never ends, so that no text makes this search quadratic), so that the words inside it
// are passed over; or one of the words that JSON does not know.
const STRING_OR_WORD = /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*"?|-?\bInfinity\b|\bNaN\b/g;
const HAS_WORD = /NaN|Infinity/;
const OVERFLOW = '1e999';

/** A number that means NaN in this text: nobody writes a negative zero that way, and no number of the text is it. */
const standInFor = (text: string): string => {
  // All of them looked for at once: looking for one after the other would cost the square of a text made of them.
  const taken = new Set(text.match(/-0e-\d+/g));
  let exponent = 999;
  while (taken.has(`-0e-${exponent}`)) exponent += 1;
  return `-0e-${exponent}`;
};

const withoutWords = (text: string, nan: string): string =>
  text.replace(STRING_OR_WORD, (found) => {
    if (found.startsWith('"')) return found;
    if (found === 'NaN') return nan;
    return found.startsWith('-') ? `-${OVERFLOW}` : OVERFLOW;
  });

// 64 bits have 19 digits at most; what is longer is a double that was written out.
const INT64 = /^-?\d{16,19}$/;

const revive =
  (nan: string | undefined): SourceReviver =>
  (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined) return value;
    if (source === nan) return Number.NaN;
    return INT64.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
  };

/**
 * Reads JSON without losing a digit: an integer beyond 2^53 becomes a bigint, and the bare words NaN, Infinity and
 * -Infinity are numbers, as Python writes them.
 * @throws SyntaxError
 * @example parseJson('{"step": 9007199254740993, "value": NaN}') // { step: 9007199254740993n, value: NaN }
 */
export const parseJson = (text: string): unknown => {
  if (!HAS_WORD.test(text)) return parse(text, revive(undefined));
  const nan = standInFor(text);
  return parse(withoutWords(text, nan), revive(nan));
};

/** How an infinite number is written: by its name, or as the largest double, which is what MLflow's stores keep. */
export type Infinities = 'name' | 'largest';

const numberText = (value: number, infinities: Infinities): unknown => {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return Object.is(value, -0) ? rawJSON('-0.0') : value;
  if (infinities === 'largest') return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return value > 0 ? 'Infinity' : '-Infinity';
};

/**
 * The beginning of a value's JSON, for messages; what is nested too deep to be written is only said to be so.
 * @example shownJson('abcdef', 4) // '"abc'
 */
export const shownJson = (value: unknown, characters: number): string => {
  try {
    return String(toJson(value)).slice(0, characters);
  } catch {
    return '(nested too deep to show)';
  }
};

/**
 * Writes JSON without losing a digit: a bigint as a number, NaN as "NaN", the infinities by name or as the largest
 * double.
 * @example toJson({ step: 2n ** 60n, value: Number.NaN }) // '{"step":1152921504606846976,"value":"NaN"}'
 */
export const toJson = (value: unknown, infinities: Infinities = 'name'): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return rawJSON(item.toString());
    return typeof item === 'number' ? numberText(item, infinities) : item;
  });
