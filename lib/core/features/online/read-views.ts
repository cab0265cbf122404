import type { FeatureStatus } from '#contracts/feature-requests.ts';
import type { FeatureValue, OnlineItem } from '#contracts/online.ts';
import type { Clock } from '../../shared/ports.ts';
import type { LookupMeter, OnlineTable } from '../ports.ts';
import { type Columns, keysOf } from './entity-rows.ts';
import type { PlannedView, ReadPlan } from './plan.ts';

export interface ReadDeps {
  readonly online: Pick<OnlineTable, 'read'>;
  readonly clock: Clock;
  readonly lookups: LookupMeter;
}

/** A view's values for one row of the request. */
export interface Seen {
  readonly values: Readonly<Record<string, FeatureValue>>;
  readonly eventTime: string;
  readonly isExpired: boolean;
}
/** By view: one entry a row, undefined where nobody wrote any. */
export type SeenViews = ReadonlyMap<string, readonly (Seen | undefined)[]>;

export interface Cell {
  readonly value: FeatureValue;
  readonly status: FeatureStatus;
  readonly eventTime: string | null;
}
const NOT_FOUND: Cell = { value: null, status: 'NOT_FOUND', eventTime: null };

/** One feature of one row, in Feast's words. A value outside its ttl is told apart, but not given. */
export const cellOf = (seen: Seen | undefined, feature: string): Cell => {
  if (!seen) return NOT_FOUND;
  const { values, eventTime, isExpired } = seen;
  if (isExpired) return { value: null, status: 'OUTSIDE_MAX_AGE', eventTime };
  const value = values[feature] ?? null;
  return { value, status: value === null ? 'NULL_VALUE' : 'PRESENT', eventTime };
};

// Of one length and in UTC, times sort as text, which costs a tenth of reading them. Both ends belong to a ttl: a value of
// the very moment that lies a ttl back still holds.
const oldestHeld = ({ ttlMs }: PlannedView, nowMs: number): string =>
  ttlMs > 0 ? new Date(Math.max(0, nowMs - ttlMs)).toISOString() : '';

const seenIn = (item: OnlineItem | undefined, view: PlannedView, oldest: string): Seen | undefined => {
  // A view may be called as what every object has, "constructor".
  const stored = item && Object.hasOwn(item.views, view.name) ? item.views[view.name] : undefined;
  if (!stored) return undefined;
  const { values, eventTime } = stored;
  return { values, eventTime, isExpired: eventTime < oldest };
};

const counted = (project: string, view: string, seen: readonly (Seen | undefined)[]) => ({
  project,
  view,
  lookups: seen.length,
  found: seen.filter((one) => one && !one.isExpired).length,
});

/** Reads every view of the plan for every row: each key once, whatever the number of views that share it. */
export const readViews = async (
  { online, clock, lookups }: ReadDeps,
  plan: ReadPlan,
  { columns, consistent }: { readonly columns: Columns; readonly consistent: boolean },
): Promise<SeenViews> => {
  // Views of the same join keys share their keys.
  const known = new Map<string, ReturnType<typeof keysOf>>();
  const keyed = plan.stored.map((view) => {
    const of = view.joinKeys.join();
    const keys = known.get(of) ?? keysOf(plan.project, view, columns);
    known.set(of, keys);
    return { view, keys };
  });
  const wanted = new Set(keyed.flatMap(({ keys }) => keys.filter((key) => key !== undefined)));
  const views = plan.stored.map(({ name }) => name);
  const items = await online.read([...wanted], { views, consistent });
  const nowMs = clock.now().getTime();
  const seen = keyed.map(({ view, keys }) => {
    const oldest = oldestHeld(view, nowMs);
    const rows = keys.map((key) => (key === undefined ? undefined : seenIn(items.get(key), view, oldest)));
    return [view.name, rows] as const;
  });
  await lookups.count(seen.map(([view, rows]) => counted(plan.project, view, rows)));
  return new Map(seen);
};
