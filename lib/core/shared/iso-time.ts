/**
 * Writes moments as ISO 8601 in UTC; moments of one millisecond, which come in bursts, share their text.
 * @example isoTimes()(0) // '1970-01-01T00:00:00.000Z'
 */
export const isoTimes = (): ((ms: number) => string) => {
  let shownMs = Number.NaN;
  let shown = '';
  return (ms) => {
    if (ms !== shownMs) {
      shown = new Date(ms).toISOString();
      shownMs = ms;
    }
    return shown;
  };
};
