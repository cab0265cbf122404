/**
 * The number of things that stands behind an option; lists are read a page at a time, so there may be many.
 * @throws Error that names the option and the value
 * @example countOf('--limit', '50') // 50
 */
export const countOf = (option: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Error(`${option} "${text}" is no number from 1 to 9999999; write it like 50`);
};
