const ASTRAL_FROM = 0xd800;
const ASTRAL_UNTIL = 0xe000;
const HALF_RANGE = 0x800;
const ABOVE_ALL = 0x2000;

// Halves of code points beyond U+FFFF move above U+FFFF, and the units they had been below move down.
const rank = (unit: number): number => {
  if (unit >= ASTRAL_UNTIL) return unit - HALF_RANGE;
  return unit >= ASTRAL_FROM ? unit + ABOVE_ALL : unit;
};

/** Order of two texts by code point, as the real server's database has it; JavaScript's own < goes by UTF-16 units. */
export const compareTexts = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

// A to Z alone, as SQL's lower() of the real server's database.
const lowered = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

/** Does the text match a LIKE pattern, given as characters? Greedy, O(text × pattern) at worst. */
const likeCharacters = (text: readonly string[], pattern: readonly string[]): boolean => {
  let at = 0;
  let expected = 0;
  let lastPercent = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const sign = pattern[expected];
    if (sign === '%') {
      lastPercent = expected++;
      resumeAt = at;
    } else if (sign === '_' || sign === text[at]) {
      at += 1;
      expected += 1;
    } else if (lastPercent < 0) return false;
    else {
      expected = lastPercent + 1;
      at = ++resumeAt;
    }
  }
  return pattern.slice(expected).every((sign) => sign === '%');
};

/**
 * SQL's LIKE, case-sensitive: % stands for any text, _ for one character, nothing escapes them.
 * @example like('a%')('abc') // true
 */
export const like = (pattern: string): ((text: string) => boolean) => {
  const signs = [...pattern];
  return (text) => likeCharacters([...text], signs);
};

/** LIKE without regard to the case of A to Z. */
export const ilike = (pattern: string): ((text: string) => boolean) => {
  const matches = like(lowered(pattern));
  return (text) => matches(lowered(text));
};
