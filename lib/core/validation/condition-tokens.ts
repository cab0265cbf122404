import { UnreadableCondition } from './condition.ts';

export interface Token {
  readonly kind: 'name' | 'quoted-name' | 'text' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly position: number;
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y],
  ['quoted-name', /`[^`]+`/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['symbol', /==|!=|<>|<=|>=|&&|\|\||[<>=&|~!()[\],.+-]/y],
];

const bare = (kind: Token['kind'], text: string): string =>
  kind === 'text' || kind === 'quoted-name' ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;

const tokenAt = (text: string, position: number): { token: Token; end: number } => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined)
      return { token: { kind, text: bare(kind, found), position }, end: position + found.length };
  }
  throw new UnreadableCondition(`${JSON.stringify(text[position])} is not understood`, position);
};

/** Words and signs of a condition, with an end behind them. @throws UnreadableCondition */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const { token, end } = tokenAt(text, at);
    tokens.push(token);
    at = end;
  }
  return [...tokens, { kind: 'end', text: 'the end', position: text.length }];
};
