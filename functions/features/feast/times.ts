import type { Columns } from '#core/features/index.ts';
import { zonedTime } from '#core/features/index.ts';

const HAS_ZONE = /([zZ]|[+-]\d{2}:?\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A moment as Feast's clients send it: naive ones are UTC. @example feastTime('2026-01-01T00:00:00', 'end_ts') */
export const feastTime = (text: string, called: string): Date => {
  const given = text.trim();
  const whole = DATE.test(given) ? `${given}T00:00:00` : given;
  return zonedTime(HAS_ZONE.test(whole.slice(10)) ? whole : `${whole}Z`, called);
};

/** Feast's clients call the time at which a row became known `created`. */
export const named = (columns: Columns): Columns => {
  const { created, ...others } = columns;
  return created && !others.created_timestamp ? { ...others, created_timestamp: created } : columns;
};
