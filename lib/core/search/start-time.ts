import { type Numeric, requireNumber } from './operators.ts';
import type { Clause } from './parse-filter.ts';
import { runName } from './run-names.ts';
import type { TimeBounds } from './search.ts';

// A whole number beyond 2^53 has no fraction; floor and ceil leave it as it is.
const floor = (value: Numeric): Numeric => (typeof value === 'bigint' ? value : Math.floor(value));
const ceil = (value: Numeric): Numeric => (typeof value === 'bigint' ? value : Math.ceil(value));

const BOUNDS: Readonly<Record<string, (limit: Numeric) => TimeBounds>> = {
  '=': (limit) => ({ fromMs: ceil(limit), untilMs: floor(limit) }),
  // One millisecond too many does no harm: matches decides.
  '>': (limit) => ({ fromMs: floor(limit) }),
  '>=': (limit) => ({ fromMs: ceil(limit) }),
  '<': (limit) => ({ untilMs: ceil(limit) }),
  '<=': (limit) => ({ untilMs: floor(limit) }),
};

const isStartTime = ({ identifier }: Clause): boolean => {
  const { entity, key } = runName(identifier, 'filter');
  return entity === 'attribute' && key === 'start_time';
};

const later = (a: Numeric | undefined, b: Numeric | undefined): Numeric | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;
const earlier = (a: Numeric | undefined, b: Numeric | undefined): Numeric | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** Bounds that every run matching the clauses has started within; from after until = no run can match. */
export const startTimeBounds = (clauses: readonly Clause[]): TimeBounds =>
  clauses
    .filter(isStartTime)
    .map((clause) => BOUNDS[clause.operator]?.(requireNumber(clause)) ?? {})
    .reduce<TimeBounds>(
      (all, one) => ({ fromMs: later(all.fromMs, one.fromMs), untilMs: earlier(all.untilMs, one.untilMs) }),
      {},
    );
