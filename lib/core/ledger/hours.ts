export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From `start`, up to but without `end`. */
export interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** An hour as `yyyy-MM-ddTHH`, UTC: as text in the order of time. */
export const hourOf = (time: Date): string => time.toISOString().slice(0, 'yyyy-MM-ddTHH'.length);

/** When an hour is over. */
export const endOf = (hour: string): Date => new Date(Date.parse(`${hour}:00:00.000Z`) + HOUR_MS);

/** Days that a span touches, as `yyyy-MM-dd`. */
export const daysOf = ({ start, end }: Span): string[] => {
  const first = Math.floor(start.getTime() / DAY_MS);
  const last = Math.floor(end.getTime() / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, i) => new Date((first + i) * DAY_MS).toISOString().slice(0, 10));
};

// A model may be called like an hour, so what stands before it counts.
const HOUR_IN_KEY = /(?:^ledger\/|\/hour=|^predictions-compacted\/)(\d{4})[-/](\d{2})[-/](\d{2})[-/](\d{2})(?:[/.]|$)/;

/** The hour that a key of the ledger names. @example hourInKey('ledger/2026/02/01/10/x.gz') // '2026-02-01T10' */
export const hourInKey = (key: string): string | undefined => {
  const [, year, month, day, hour] = HOUR_IN_KEY.exec(key) ?? [];
  return hour === undefined ? undefined : `${year}-${month}-${day}T${hour}`;
};
