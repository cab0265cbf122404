import { PlatformError } from '../../shared/errors.ts';
import { zonedTime } from '../zoned-time.ts';

export interface AskedRange {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** What of a view's rows is brought online. */
export interface ViewRange {
  /** Rows that were true earlier are left out. */
  readonly from?: Date;
  /** Rows that were true and known by then are online already: a late row, known only since, is not. */
  readonly since?: Date;
  /** What was stored from here on counts as late, whatever its rows say of their times. There where `since` is. */
  readonly storedSince?: Date;
  /** Rows that become true later are left out. */
  readonly to: Date;
}

const DAY_MS = 86_400_000;
// Clocks of storage and of state machines differ, and a file is listed only when it is stored: a little is read twice.
const STORED_OVERLAP_MS = 300_000;

/**
 * The times that a request names, in UTC.
 * @throws TIMESTAMP_WITHOUT_ZONE, INVALID_REQUEST when the start is not before the end
 */
export const askedTimes = ({ start, end }: AskedRange): { start?: Date; end?: Date } => {
  const from = start === undefined ? undefined : zonedTime(start, 'start');
  const to = end === undefined ? undefined : zonedTime(end, 'end');
  if (from && to && from >= to)
    throw new PlatformError(
      'INVALID_REQUEST',
      `start ${from.toISOString()} is not before end ${to.toISOString()}; give an earlier start, or none`,
    );
  return { ...(from && { start: from }), ...(to && { end: to }) };
};

const sinceMark = (since: Date) => ({ since, storedSince: new Date(since.getTime() - STORED_OVERLAP_MS) });

const later = (a: Date | undefined, b: Date | undefined): Date | undefined => (a && b ? (a > b ? a : b) : (a ?? b));

/**
 * The range of one view. Without a start it is what became true, or became known, since the watermark; rows that the
 * end finds out of their ttl would never be served and are left out from the first.
 * @param ttlDays 0 says for ever
 */
export const viewRange = (of: {
  readonly start?: Date | undefined;
  readonly end: Date;
  readonly watermark?: string | undefined;
  readonly ttlDays: number;
}): ViewRange => {
  const { start, end, watermark, ttlDays } = of;
  const alive = ttlDays === 0 ? undefined : new Date(end.getTime() - ttlDays * DAY_MS);
  const from = later(start, alive);
  return {
    to: end,
    ...(from && { from }),
    ...(start === undefined && watermark !== undefined && sinceMark(new Date(watermark))),
  };
};
