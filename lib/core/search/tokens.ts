/**
 * name: a possibly quoted, possibly dotted identifier, or a bare word such as AND; symbol: =, <=, …
 * A text in double quotes is a name too: only its place tells a key from a value.
 */
export type TokenKind = 'space' | 'number' | 'name' | 'text' | 'symbol' | 'mark' | 'unknown';
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const LETTER_AHEAD = '(?![_A-Za-zÀ-Ü])';
const TEXT = String.raw`'(?:''|\\'|[^'])*'`;
const QUOTED = String.raw`"(?:""|\\"|[^"])*"|${'`(?:``|[^`])*`'}`;
const WORD = String.raw`[\p{L}\p{N}_]+`;
const LOOSE_WORD = String.raw`[\p{L}\p{N}_/-]+`;
const NUMBER = String.raw`-?(?:\d+(?:\.\d+)?[eE]-?\d+|(?:\d+\.\d*|\.\d+)${LETTER_AHEAD}|\d+(?!\d)${LETTER_AHEAD})`;
// metrics.5 would be a number beside a name for the real server; 5x is a name.
const NO_NUMBER = String.raw`(?!\d+${LETTER_AHEAD}(?!\d))`;

type Patterns = readonly (readonly [TokenKind, RegExp])[];
const patternsWith = (memberWord: string): Patterns => [
  ['space', /\s+/uy],
  ['number', new RegExp(NUMBER, 'uy')],
  ['name', new RegExp(String.raw`(?:${WORD}|${QUOTED})(?:\.(?:${NO_NUMBER}${memberWord}|${QUOTED}|${TEXT}))*`, 'uy')],
  ['text', new RegExp(TEXT, 'uy')],
  ['symbol', /[<>=~!]+/uy],
  ['mark', /[(),]/uy],
  ['unknown', /[^\s<>=~!(),]+/uy],
];

/** Loose names may have - and / after their first dot without quotes, as the real server has it for logged models. */
export type Names = 'strict' | 'loose';
const PATTERNS: Readonly<Record<Names, Patterns>> = { strict: patternsWith(WORD), loose: patternsWith(LOOSE_WORD) };

const tokenAt = (text: string, at: number, patterns: Patterns): Token => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found?.[0]) return { kind, text: found[0] };
  }
  return { kind: 'unknown', text: text.slice(at, at + 1) };
};

/**
 * The tokens of a filter or order_by without its blanks; what has no meaning comes as unknown.
 * @example tokensOf("a = 'b'").map((token) => token.kind) // ['name', 'symbol', 'text']
 */
export const tokensOf = (text: string, names: Names = 'strict'): Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at, PATTERNS[names]);
    if (token.kind !== 'space') tokens.push(token);
    at += token.text.length;
  }
  return tokens;
};
