import type { GuardVerdict, VariantHealth } from '#contracts/deployment.ts';
import type { Guards } from '#contracts/project.ts';

export interface Guard {
  readonly name: GuardVerdict['guard'];
  judge(health: VariantHealth, limits: Guards): Omit<GuardVerdict, 'guard'>;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

const tooFew = (health: VariantHealth, limits: Guards): Omit<GuardVerdict, 'guard'> => ({
  verdict: 'not-enough-data',
  reason: `version ${health.version} had ${health.requests} requests, a verdict needs ${limits.minRequests}`,
});

/** A task that cannot load the model says so at once; that one could is known only from its answers. */
const modelLoad: Guard = {
  name: 'model-load',
  judge: ({ loadFailures, requests, version }) => {
    if (loadFailures > 0)
      return { verdict: 'fail', reason: `version ${version} failed to load ${loadFailures} times, allowed are 0` };
    return requests > 0
      ? { verdict: 'pass', reason: `version ${version} answers and no task failed to load it` }
      : {
          verdict: 'not-enough-data',
          reason: `version ${version} answered nothing yet, so no task is known to have it`,
        };
  },
};

/** Fails early: once errors are more than minRequests could hold, further requests cannot make it right. */
const errorRate: Guard = {
  name: 'error-rate',
  judge: (health, limits) => {
    const { requests, errors, version } = health;
    const counted = Math.max(requests, limits.minRequests);
    const seen = `version ${version} failed ${errors} of ${requests} requests, allowed are ${percent(limits.maxErrorRate)}`;
    if (errors > limits.maxErrorRate * counted) return { verdict: 'fail', reason: seen };
    if (requests < limits.minRequests) return tooFew(health, limits);
    return { verdict: 'pass', reason: seen };
  },
};

const p95Latency: Guard = {
  name: 'p95-latency',
  judge: (health, limits) => {
    const { requests, p95LatencyMs, version } = health;
    if (requests < limits.minRequests || p95LatencyMs === null) return tooFew(health, limits);
    const seen = `version ${version} answered with p95 ${Number(p95LatencyMs.toFixed(2))} ms, allowed are ${limits.maxP95LatencyMs} ms`;
    return { verdict: p95LatencyMs > limits.maxP95LatencyMs ? 'fail' : 'pass', reason: seen };
  },
};

export const guards: readonly Guard[] = [modelLoad, errorRate, p95Latency];

/** What each guard says of a version's health over its bake, in the order of the guards. */
export const verdictsOf = (health: VariantHealth, limits: Guards): GuardVerdict[] =>
  guards.map((guard) => ({ guard: guard.name, ...guard.judge(health, limits) }));
