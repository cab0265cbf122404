import { refuse } from './refusals.ts';
import { type Token, tokensOf } from './tokens.ts';

/** The engine gives up at a depth of 1,000; a person long before this. */
export const MOST_NESTED = 100;

/** Words that say something by themselves: a column so named is put between double quotes. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'AND,OR,NOT,IS,NULL,TRUE,FALSE,IN,LIKE,BETWEEN,CASE,WHEN,THEN,ELSE,END,CAST,TRY_CAST,TRY,EXTRACT,AS,FROM'.split(','),
);

const shownToken = ({ kind, text }: Token): string => {
  if (kind === 'end') return 'the end';
  return kind === 'text' ? `the text '${text}'` : `"${text}"`;
};

/** Goes through the tokens of one expression. */
export interface Reader {
  peek(ahead?: number): Token;
  take(): Token;
  /** Takes the next token if it is this symbol or keyword. */
  takeIf(wanted: string): Token | undefined;
  isNext(wanted: string, ahead?: number): boolean;
  /** @throws SQL_INVALID */
  expect(wanted: string, where: string): Token;
  refuse(token: Token, allowed: string): Error;
  /** Runs `work` one level deeper. @throws SQL_INVALID beyond 100 levels */
  deeper<T>(work: () => T): T;
}

/** @throws SQL_INVALID */
export const reader = (text: string): Reader => {
  const tokens = tokensOf(text);
  const ending: Token = { kind: 'end', text: '', at: text.length };
  let at = 0;
  let depth = 0;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? ending;
  const isNext = (wanted: string, ahead = 0): boolean => {
    const { kind, text: seen } = peek(ahead);
    return kind === 'symbol' ? seen === wanted : kind === 'word' && seen.toUpperCase() === wanted;
  };
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const takeIf = (wanted: string): Token | undefined => (isNext(wanted) ? take() : undefined);
  const refusal = (token: Token, allowed: string): Error =>
    refuse(text, token.at, { seen: shownToken(token), allowed });
  return {
    peek,
    isNext,
    take,
    takeIf,
    refuse: refusal,
    expect: (wanted, where) => {
      const token = takeIf(wanted);
      if (token) return token;
      throw refusal(peek(), `${where} needs ${wanted} here`);
    },
    deeper: (work) => {
      if (depth >= MOST_NESTED)
        throw refusal(peek(), `an expression goes at most ${MOST_NESTED} levels deep; split it into several features`);
      depth += 1;
      const done = work();
      depth -= 1;
      return done;
    },
  };
};
