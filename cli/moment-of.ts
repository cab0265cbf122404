const DAY = /^\d{4}-\d\d-\d\d$/;
const ZONED = /^\d{4}-\d\d-\d\d[T ].*(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * An argument as a moment, ISO 8601 in UTC: without its zone a time would be another one on another machine.
 * @param named how the argument is called in an error
 * @throws when it is no day, and no time with a zone
 * @example momentOf('--start', '2026-03-01T12:00:00+01:00') // '2026-03-01T11:00:00.000Z'
 */
export const momentOf = (named: string, text: string): string => {
  const at = new Date(DAY.test(text) || ZONED.test(text) ? text : Number.NaN);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new Error(`${named} "${text}" is no time with its zone; write it like 2026-03-01T12:00:00Z, or a day alone`);
};
