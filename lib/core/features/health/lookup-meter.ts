import type { Clock } from '../../shared/ports.ts';
import type { LookupCounts, LookupMeter, LookupMetrics } from '../ports.ts';

const keyOf = ({ project, view }: LookupCounts): string => `${project}#${view}`;

/** What was counted since the last time it was put. */
const tally = () => {
  const sums = new Map<string, LookupCounts>();
  return {
    add: (counts: readonly LookupCounts[]): void => {
      for (const one of counts) {
        const known = sums.get(keyOf(one)) ?? { ...one, lookups: 0, found: 0 };
        const { lookups, found } = known;
        sums.set(keyOf(one), { ...known, lookups: lookups + one.lookups, found: found + one.found });
      }
    },
    take: (): LookupCounts[] => {
      const all = [...sums.values()];
      sums.clear();
      return all;
    },
  };
};

export interface LookupMeterDeps {
  readonly metrics: Pick<LookupMetrics, 'put'>;
  readonly clock: Clock;
}

/**
 * Adds counts up and puts them now and then: with the first count that comes `everySeconds` after the last put, so that
 * readers do not wait for metrics. What cannot be put is dropped: the share of the others says the same.
 */
export const lookupMeter = ({ metrics, clock }: LookupMeterDeps, everySeconds = 30): LookupMeter => {
  const counted = tally();
  let putAt = clock.now().getTime();
  return {
    count: async (counts) => {
      counted.add(counts);
      const now = clock.now();
      if (now.getTime() - putAt < everySeconds * 1_000) return;
      putAt = now.getTime();
      await metrics.put(counted.take(), now).catch(() => undefined);
    },
  };
};
