const DIGITS = 6;

/** A figure for a sentence: six digits, "not measured" for none. @example shownNumber(0.1 + 0.2) // '0.3' */
export const shownNumber = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not measured' : String(Number(value.toPrecision(DIGITS)));
