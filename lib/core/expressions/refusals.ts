import { PlatformError } from '../shared/errors.ts';

const MOST_SHOWN = 60;

/** Line and column, both from 1, of a place in a text. */
export const placeOf = (text: string, at: number): { line: number; column: number } => {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

/** An expression that cannot be read or does not fit: what was seen where, and what is allowed. */
export const refuse = (text: string, at: number, why: { seen: string; allowed: string }): PlatformError => {
  const { line, column } = placeOf(text, at);
  const seen = why.seen.length > MOST_SHOWN ? `${why.seen.slice(0, MOST_SHOWN)}…` : why.seen;
  const message = `the expression, line ${line}, column ${column}: found ${seen}; ${why.allowed}`;
  return new PlatformError('SQL_INVALID', message, { line, column, seen, allowed: why.allowed });
};
