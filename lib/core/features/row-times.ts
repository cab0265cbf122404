import { identifier } from './sql-text.ts';

/** Column with the time at which the values of a row became true, UTC. */
export const EVENT_TIMESTAMP = 'event_timestamp';
/** Column with the time at which a row became known: the event's where nothing is said. */
export const CREATED_TIMESTAMP = 'created_timestamp';

/**
 * ORDER BY of the newest among rows of one event time: the one known last, then the greater values, of which a missing one
 * loses. Joins and materialization both choose by it: what is served is what was trained on.
 * @example newestFirst(['n'], 'v.') // 'v.created_timestamp DESC NULLS LAST, v."n" DESC NULLS LAST'
 */
export const newestFirst = (features: readonly string[], table = ''): string =>
  [CREATED_TIMESTAMP, ...features.map(identifier)].map((column) => `${table}${column} DESC NULLS LAST`).join(', ');
