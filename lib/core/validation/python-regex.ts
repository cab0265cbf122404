// Python's classes are of Unicode, RE2's of ASCII. Inside [ ] the negated ones cannot be said in RE2.
const outside: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '[\\p{L}\\p{N}_]',
  W: '[^\\p{L}\\p{N}_]',
  s: '[\\s\\v\\x1c-\\x1f\\x85\\p{Z}]',
  S: '[^\\s\\v\\x1c-\\x1f\\x85\\p{Z}]',
  Z: '\\z',
};
const inside: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\s\\v\\x1c-\\x1f\\x85\\p{Z}',
};

/**
 * A regular expression of Python's as RE2 must have it to find the same: classes of Unicode, and a $ that also holds
 * before a line break at the end. What RE2 lacks, look-around and back-references, stays and is refused by it.
 * @example fromPython('^\\d+$') // '^\\p{Nd}+(?:\\n?\\z)'
 */
export const fromPython = (regex: string): string => {
  // (?m) gives $ another meaning, which both share.
  const lines = /\(\?[a-z]*m/.test(regex);
  let bracket = false;
  const sign = (token: string): string => {
    const end = token === '$' && !bracket && !lines;
    bracket = token === '[' || (bracket && token !== ']');
    return end ? '(?:\\n?\\z)' : token;
  };
  return regex.replaceAll(/\\(.)|[[\]$]/gs, (token, escaped: string | undefined) =>
    escaped === undefined ? sign(token) : ((bracket ? inside : outside)[escaped] ?? token),
  );
};

/**
 * What stands between ^ and $ of a pattern that is about the whole text, undefined for others: the engine answers it for
 * each different text of a column once.
 * @example wholePattern('^[a-z]+$') // '[a-z]+\\n?'
 */
export const wholePattern = (regex: string): string | undefined => {
  // An alternative at the outermost level has its ends for itself; a flag may change what they mean.
  const simple = /^\^[^|]*[^\\|]\$$/.test(regex) && !/\(\?[a-zA-Z]/.test(regex);
  return simple ? `${fromPython(regex.slice(1, -1))}\\n?` : undefined;
};
