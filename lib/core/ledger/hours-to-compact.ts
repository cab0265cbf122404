import type { ObjectStore, StoredObject } from '#core/shared/index.ts';
import { endOf, HOUR_MS, hourInKey } from './hours.ts';
import { allMarkers, lineObjects, markers } from './ledger-files.ts';

/** An hour of arrival with its lines. */
export interface LedgerHour {
  readonly hour: string;
  readonly objects: readonly StoredObject[];
}

export interface HoursToLookAt {
  readonly hours: readonly LedgerHour[];
  /** Those that have a marker. */
  readonly marked: ReadonlySet<string>;
}

const DAY_MS = 24 * HOUR_MS;
/** Firehose waits a quarter of an hour at most before it writes. */
const DELIVERED_MS = HOUR_MS / 4;
/** How far back the newest marker is looked for before all are listed. */
const LOOK_BACK_DAYS = 35;
/** A stream that failed for a while delivers to the hour of arrival all the same: so long is an hour looked at again. */
const REVISIT_MS = DAY_MS;

const byHour = (objects: readonly StoredObject[]): LedgerHour[] => {
  const hours = new Map<string, StoredObject[]>();
  for (const object of objects) {
    const hour = hourInKey(object.key);
    if (hour === undefined) continue;
    const known = hours.get(hour);
    if (known) known.push(object);
    else hours.set(hour, [object]);
  }
  return [...hours].map(([hour, all]) => ({ hour, objects: all })).sort((a, b) => (a.hour < b.hour ? -1 : 1));
};

/** Where to begin to look: before the newest marker, or at the oldest line. */
const firstTime = async (ledger: Pick<ObjectStore, 'list'>, marked: readonly string[]): Promise<Date | undefined> => {
  const newest = marked.at(-1);
  if (newest !== undefined) return new Date(endOf(newest).getTime() - REVISIT_MS);
  const [oldest] = await ledger.list('ledger/');
  const hour = oldest && hourInKey(oldest.key);
  return hour === undefined ? undefined : new Date(endOf(hour).getTime() - HOUR_MS);
};

/** Of the last weeks, or all of a stage that stood still for longer: else its whole past would be done again. */
const markedHours = async (ledger: Pick<ObjectStore, 'list'>, now: Date): Promise<string[]> => {
  const lookBack = new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS);
  const recent = await markers(ledger, { start: lookBack, end: now });
  const known = recent.length > 0 ? recent : await allMarkers(ledger);
  return known.flatMap(({ key }) => hourInKey(key) ?? []);
};

/** Hours that are over, delivery included, oldest first, since a day before the newest that was compacted. */
export const hoursToLookAt = async (ledger: Pick<ObjectStore, 'list'>, now: Date): Promise<HoursToLookAt> => {
  const marked = await markedHours(ledger, now);
  const start = await firstTime(ledger, marked);
  const hours = start ? byHour(await lineObjects(ledger, { start, end: now })) : [];
  const isOver = ({ hour }: LedgerHour): boolean => endOf(hour).getTime() + DELIVERED_MS <= now.getTime();
  return { hours: hours.filter(isOver), marked: new Set(marked) };
};
