import { refuse } from './refusals.ts';

/** word: a bare name or keyword; name: a "quoted" name; text: a 'quoted' text. */
export type TokenKind = 'word' | 'name' | 'text' | 'integer' | 'number' | 'symbol' | 'end';
export interface Token {
  readonly kind: TokenKind;
  /** Without quotes. */
  readonly text: string;
  readonly at: number;
}

const patterns: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /[ \t\r\n\f\v]+/y],
  ['number', /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y],
  ['integer', /\d+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['name', /"(?:""|[^"])+"/y],
  ['text', /'(?:''|[^'])*'/y],
  ['symbol', /<>|!=|<=|>=|\|\||::|[-+*/%<>=(),]/y],
];

const inside = (kind: TokenKind, text: string): string => {
  if (kind === 'name') return text.slice(1, -1).replaceAll('""', '"');
  return kind === 'text' ? text.slice(1, -1).replaceAll("''", "'") : text;
};

const unknown = (text: string, at: number): Error => {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === "'" || character === '"')
    return refuse(text, at, { seen: `a ${character} that is never closed`, allowed: 'close it with the same mark' });
  return refuse(text, at, {
    seen: JSON.stringify(character),
    allowed: `allowed are names, numbers, 'texts' and + - * / % || = <> < <= > >= ( ) , ::`,
  });
};

const findAt = (text: string, at: number): { kind: TokenKind | 'space'; found: string } => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found) return { kind, found };
  }
  throw unknown(text, at);
};

// In SQL "1--1" would be 1 and a comment, "/*" begins one too; 5x is not 5 named x.
const checkNeighbours = (text: string, at: number, found: string): void => {
  const next = text.slice(at, at + 2);
  if (next === '--' || next === '/*')
    throw refuse(text, at, {
      seen: `"${next}"`,
      allowed: 'comments are not allowed here; write - -x for a double minus',
    });
  if (/^[\d.]/.test(found) && /[\w.]/.test(text.charAt(at + found.length)))
    throw refuse(text, at, {
      seen: `"${found}${text.charAt(at + found.length)}"`,
      allowed: 'a number ends before a name',
    });
};

/**
 * @example tokensOf("a + 'b'").map((token) => token.kind) // ['word', 'symbol', 'text', 'end']
 * @throws SQL_INVALID at the first character that begins nothing
 */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const { kind, found } = findAt(text, at);
    checkNeighbours(text, at, found);
    if (kind !== 'space') tokens.push({ kind, text: inside(kind, found), at });
    at += found.length;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
};
