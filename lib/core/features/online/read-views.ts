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

// Both ends belong to it: a value of the very moment that lies a ttl back still holds.
const isExpired = ({ ttlMs }: PlannedView, eventTime: string, nowMs: number): boolean =>
  ttlMs > 0 && Date.parse(eventTime) + ttlMs < nowMs;

const seenIn = (item: OnlineItem | undefined, view: PlannedView, nowMs: number): Seen | undefined => {
  const stored = item?.views[view.name];
  if (!stored) return undefined;
  const { values, eventTime } = stored;
  return { values, eventTime, isExpired: isExpired(view, eventTime, nowMs) };
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
  const keyed = plan.stored.map((view) => ({ view, keys: keysOf(plan.project, view, columns) }));
  const wanted = new Set(keyed.flatMap(({ keys }) => keys.filter((key) => key !== undefined)));
  const views = plan.stored.map(({ name }) => name);
  const items = await online.read([...wanted], { views, consistent });
  const nowMs = clock.now().getTime();
  const seen = keyed.map(({ view, keys }) => {
    const rows = keys.map((key) => (key === undefined ? undefined : seenIn(items.get(key), view, nowMs)));
    return [view.name, rows] as const;
  });
  await lookups.count(seen.map(([view, rows]) => counted(plan.project, view, rows)));
  return new Map(seen);
};
