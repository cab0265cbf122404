import { ledgerKeys } from '#contracts/ledger.ts';
import type { ObjectStore, StoredObject } from '#core/shared/index.ts';
import { daysOf, HOUR_MS, hourInKey, hourOf, type Span } from './hours.ts';

/** The stream waits some minutes before it writes, and files by the hour of writing. */
export const DELIVERY_MS = HOUR_MS;

const AT_ONCE = 8;

/** Objects below a prefix for each day of a span: those whose hour lies in the span, both ends included. */
const listDays = async (
  ledger: Pick<ObjectStore, 'list'>,
  { start, end }: Span,
  prefixOf: (day: string) => string,
): Promise<StoredObject[]> => {
  const [first, last] = [hourOf(start), hourOf(end)];
  const isWithin = (hour: string | undefined): boolean => hour !== undefined && hour >= first && hour <= last;
  const days = daysOf({ start, end });
  const found: StoredObject[] = [];
  for (let from = 0; from < days.length; from += AT_ONCE) {
    const some = days.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(some.map((day) => ledger.list(prefixOf(day))))).flat());
  }
  return found.filter(({ key, bytes }) => bytes > 0 && isWithin(hourInKey(key)));
};

/** A day as part of a key that goes on with the hour. */
const dayPrefix = (key: string): string => key.slice(0, key.search(/\d{2}(?:\/|\.json)$/));

/** What Firehose wrote in the hours of a span. */
export const lineObjects = (ledger: Pick<ObjectStore, 'list'>, span: Span): Promise<StoredObject[]> =>
  listDays(ledger, span, (day) => dayPrefix(ledgerKeys.lines(`${day}T00`)));

/** What the markers of a span's hours are. */
export const markers = (ledger: Pick<ObjectStore, 'list'>, span: Span): Promise<StoredObject[]> =>
  listDays(ledger, span, (day) => dayPrefix(ledgerKeys.compacted(`${day}T00`)));

/** Every marker there is. */
export const allMarkers = (ledger: Pick<ObjectStore, 'list'>): Promise<StoredObject[]> =>
  ledger.list(ledgerKeys.compacted('').replace(/\.json$/, ''));

const parquetObjects = (ledger: Pick<ObjectStore, 'list'>, model: string, span: Span): Promise<StoredObject[]> =>
  listDays(ledger, span, (day) => dayPrefix(ledgerKeys.parquet(model, `${day}T00`)));

/** Labels for a model that arrived in the hours of a span. */
export const labelObjects = (ledger: Pick<ObjectStore, 'list'>, model: string, span: Span): Promise<StoredObject[]> =>
  listDays(ledger, span, (day) => dayPrefix(ledgerKeys.labels(model, `${day}T00`)));

/** Objects that together hold a model's predictions, and for the hours not yet compacted those of all models. */
export interface LedgerObjects {
  readonly parquet: readonly StoredObject[];
  readonly lines: readonly StoredObject[];
}

/** Where the predictions of a window lie: those that arrived from its start to `lateMs` after its end. */
export const ledgerObjects = async (
  ledger: Pick<ObjectStore, 'list'>,
  { model, window, lateMs = DELIVERY_MS }: { model: string; window: Span; lateMs?: number },
): Promise<LedgerObjects> => {
  const span = { start: window.start, end: new Date(window.end.getTime() + lateMs) };
  // Markers first: an hour that is compacted meanwhile is then read as lines, not twice and not never.
  const compacted = new Set((await markers(ledger, span)).map(({ key }) => hourInKey(key)));
  const [parquet, lines] = await Promise.all([parquetObjects(ledger, model, span), lineObjects(ledger, span)]);
  return {
    parquet: parquet.filter(({ key }) => compacted.has(hourInKey(key))),
    lines: lines.filter(({ key }) => !compacted.has(hourInKey(key))),
  };
};
