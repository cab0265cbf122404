const MICROS = 1_000_000;
const SHAPE = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?Z?$/;

/** Microseconds since 1970 of a moment in UTC; undefined when it is none, or a number could not hold it exactly. */
export const parseTimestamp = (text: string): number | undefined => {
  const [whole, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = ''] =
    SHAPE.exec(text) ?? [];
  if (whole === undefined || Number(year) < 1700 || Number(year) > 2250) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const ms = Date.parse(iso);
  // Date.parse takes 31 February as 3 March.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) return undefined;
  return ms * 1_000 + Number(fraction.padEnd(6, '0'));
};

/** @example timestampText(1_500_000) // '1970-01-01 00:00:01.5' */
export const timestampText = (micros: number): string => {
  const seconds = Math.floor(micros / MICROS);
  const fraction = micros - seconds * MICROS;
  const whole = new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
};
