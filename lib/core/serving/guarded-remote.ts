import { Breaker } from './breaker.ts';
import type { RemoteModel, Stopwatch } from './ports.ts';

/** Endpoints, each behind a breaker of its own: one that is away holds up no caller of another. */
export interface GuardedRemote extends RemoteModel {
  /** Whether the last that is known of all of them is good. */
  isUp(): boolean;
}

export const guardedRemote = (remote: RemoteModel, stopwatch: Stopwatch, random: () => number): GuardedRemote => {
  const breakers = new Map<string, Breaker>();
  const breakerOf = (endpoint: string): Breaker => {
    const found = breakers.get(endpoint) ?? new Breaker({ name: `the endpoint ${endpoint}`, stopwatch, random });
    breakers.set(endpoint, found);
    return found;
  };
  return {
    run: (endpoint, facts, rows) => breakerOf(endpoint).ask(() => remote.run(endpoint, facts, rows)),
    isUp: () => [...breakers.values()].every((breaker) => breaker.isUp()),
  };
};
