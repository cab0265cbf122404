import { servingMetrics } from '#contracts/serving.ts';
import type { MetricPoint } from './ports.ts';

/** Counts of a model's version since the last take; guards of a rollout read them. */
export interface VersionMetrics {
  /** A request that the version answered or failed. */
  request(model: string, version: string, outcome: { readonly fault: boolean; readonly ms: number }): void;
  loadFailure(model: string, version: string): void;
  /** What happened since the last take. */
  take(): MetricPoint[];
}

/** CloudWatch takes 150 different values a datum. */
const MOST_VALUES = 150;

interface Counts {
  readonly model: string;
  readonly version: string;
  requests: number;
  errors: number;
  loadFailures: number;
  /** How often each latency was seen. */
  readonly latencies: Map<number, number>;
}

/**
 * Two digits are enough for a percentile, and few values make few bytes. Without a text between, since every request
 * comes by: dividing whole numbers gives the very number that two digits are written as.
 * @example roundLatency(12.34) // 12
 */
export const roundLatency = (ms: number): number => {
  const value = Math.max(0.01, ms);
  if (value >= 99.5) return Number(value.toPrecision(2));
  if (value >= 9.95) return Math.round(value);
  if (value >= 0.995) return Math.round(value * 10) / 10;
  if (value >= 0.0995) return Math.round(value * 100) / 100;
  return Math.round(value * 1_000) / 1_000;
};

const point = (counts: Counts, name: string, value: number): MetricPoint => ({
  name,
  model: counts.model,
  version: counts.version,
  unit: 'Count',
  values: [value],
  counts: [1],
});

const latencyPoints = ({ model, version, latencies }: Counts): MetricPoint[] => {
  const seen = [...latencies];
  const points: MetricPoint[] = [];
  for (let start = 0; start < seen.length; start += MOST_VALUES) {
    const part = seen.slice(start, start + MOST_VALUES);
    const values = part.map(([value]) => value);
    const counts = part.map(([, count]) => count);
    points.push({ name: servingMetrics.latency, model, version, unit: 'Milliseconds', values, counts });
  }
  return points;
};

const pointsOf = (counts: Counts): MetricPoint[] => {
  const points = latencyPoints(counts);
  if (counts.requests > 0)
    points.push(
      point(counts, servingMetrics.requests, counts.requests),
      point(counts, servingMetrics.errors, counts.errors),
    );
  if (counts.loadFailures > 0) points.push(point(counts, servingMetrics.loadFailures, counts.loadFailures));
  return points;
};

export const versionMetrics = (): VersionMetrics => {
  // By model, then version: to join their names would cost more than to look twice.
  let all = new Map<string, Map<string, Counts>>();
  const countsOf = (model: string, version: string): Counts => {
    const found = all.get(model)?.get(version);
    if (found) return found;
    const made = { model, version, requests: 0, errors: 0, loadFailures: 0, latencies: new Map<number, number>() };
    const versions = all.get(model) ?? new Map<string, Counts>();
    all.set(model, versions.set(version, made));
    return made;
  };
  return {
    request: (model, version, { fault, ms }) => {
      const counts = countsOf(model, version);
      counts.requests += 1;
      if (fault) counts.errors += 1;
      const latency = roundLatency(ms);
      counts.latencies.set(latency, (counts.latencies.get(latency) ?? 0) + 1);
    },
    loadFailure: (model, version) => {
      countsOf(model, version).loadFailures += 1;
    },
    take: () => {
      const taken = all;
      all = new Map();
      return [...taken.values()].flatMap((versions) => [...versions.values()].flatMap(pointsOf));
    },
  };
};
