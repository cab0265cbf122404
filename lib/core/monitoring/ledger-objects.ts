import type { ObjectStore, StoredObject } from '#core/shared/index.ts';
import type { Window } from './window.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The stream waits some minutes before it writes, and files by the hour of writing. */
const DELIVERY_MS = HOUR_MS;

/** ledger/yyyy/MM/dd/ or, with the hour, ledger/yyyy/MM/dd/HH/ */
const folder = (time: Date, unit: 'day' | 'hour'): string => {
  const [date = '', clock = ''] = time.toISOString().split('T');
  return `ledger/${date.replaceAll('-', '/')}/${unit === 'hour' ? `${clock.slice(0, 2)}/` : ''}`;
};

const days = ({ start, end }: Window): string[] => {
  const first = Math.floor(start.getTime() / DAY_MS);
  const last = Math.floor(end.getTime() / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, i) => folder(new Date((first + i) * DAY_MS), 'day'));
};

/**
 * Objects of the ledger that may hold predictions of a window, by key: those of the hours from its start to one hour
 * after its end. One listing a day.
 */
export const ledgerObjects = async (ledger: ObjectStore, window: Window): Promise<StoredObject[]> => {
  const delivered: Window = { start: window.start, end: new Date(window.end.getTime() + DELIVERY_MS) };
  const first = folder(delivered.start, 'hour');
  const last = folder(delivered.end, 'hour');
  const listed = await Promise.all(days(delivered).map((prefix) => ledger.list(prefix)));
  // Hours are written with two digits, so keys sort by time.
  return listed.flat().filter(({ key, bytes }) => bytes > 0 && key >= first && key.slice(0, last.length) <= last);
};
