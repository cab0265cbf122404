import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { servingMetrics } from '#contracts/serving.ts';
import type { HealthSource, HealthWindow } from '#core/deployment/index.ts';

const secondsOf = ({ from, to }: HealthWindow): number =>
  Math.max(1, Math.ceil((to.getTime() - from.getTime()) / 1_000));

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * Sums are exact at any period: the shortest that CloudWatch keeps for so long. A window ends now, so that its length is
 * the age of its start.
 */
export const sumPeriodSeconds = (ageSeconds: number): number => {
  if (ageSeconds < 3 * HOUR) return 1;
  if (ageSeconds < 15 * DAY) return 60;
  return ageSeconds < 63 * DAY ? 300 : HOUR;
};

/** A percentile cannot be added up, so the whole window goes into the fewest periods CloudWatch allows. */
export const percentilePeriodSeconds = (windowSeconds: number): number => {
  const least = Math.max(60, sumPeriodSeconds(windowSeconds));
  return [1, 5, 10, 30].find((period) => period >= windowSeconds) ?? Math.ceil(windowSeconds / least) * least;
};

interface Series {
  readonly id: string;
  readonly metric: string;
  readonly stat: string;
  readonly period: number;
}

const seriesOf = (windowSeconds: number): Series[] => {
  const sum = { stat: 'Sum', period: sumPeriodSeconds(windowSeconds) };
  const whole = { metric: servingMetrics.latency, period: percentilePeriodSeconds(windowSeconds) };
  return [
    { id: 'requests', metric: servingMetrics.requests, ...sum },
    { id: 'errors', metric: servingMetrics.errors, ...sum },
    { id: 'loadFailures', metric: servingMetrics.loadFailures, ...sum },
    { id: 'p95', stat: 'p95', ...whole },
    { id: 'samples', stat: 'SampleCount', ...whole },
  ];
};

const queryOf = ({ id, metric, stat, period }: Series, { model, version }: HealthWindow): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: servingMetrics.namespace,
      MetricName: metric,
      Dimensions: [
        { Name: 'Model', Value: model },
        { Name: 'Version', Value: String(version) },
      ],
    },
    Period: period,
    Stat: stat,
  },
});

type Points = ReadonlyMap<number, number>;
const total = (points: Points | undefined): number => [...(points?.values() ?? [])].reduce((a, b) => a + b, 0);

/** A window may touch two periods. The whole's p95 lies between theirs: weigh them by their samples. */
export const combinedP95 = (p95: Points, samples: Points): number | null => {
  const count = [...p95.keys()].reduce((sum, at) => sum + (samples.get(at) ?? 0), 0);
  if (count === 0) return null;
  return [...p95].reduce((sum, [at, value]) => sum + value * (samples.get(at) ?? 0), 0) / count;
};

const read = async (client: CloudWatchClient, window: HealthWindow): Promise<Map<string, Map<number, number>>> => {
  const found = new Map<string, Map<number, number>>();
  const MetricDataQueries = seriesOf(secondsOf(window)).map((series) => queryOf(series, window));
  // A point stands at the start of its period: a window that begins within one would lose it.
  const periodMs = sumPeriodSeconds(secondsOf(window)) * 1_000;
  const StartTime = new Date(Math.floor(window.from.getTime() / periodMs) * periodMs);
  const input = { MetricDataQueries, StartTime, EndTime: window.to };
  for await (const page of paginateGetMetricData({ client }, input))
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const points = found.get(Id) ?? new Map<number, number>();
      Timestamps.forEach((at, i) => {
        points.set(at.getTime(), Values[i] ?? 0);
      });
      found.set(Id, points);
    }
  return found;
};

/** HealthSource on the metrics that the serving fleet publishes (servingMetrics; dimensions Model, Version). */
export const cloudWatchHealth = (client = new CloudWatchClient({ maxAttempts: 5 })): HealthSource => ({
  measure: async (window) => {
    const found = await read(client, window);
    return {
      version: window.version,
      requests: Math.round(total(found.get('requests'))),
      errors: Math.round(total(found.get('errors'))),
      loadFailures: Math.round(total(found.get('loadFailures'))),
      p95LatencyMs: combinedP95(found.get('p95') ?? new Map(), found.get('samples') ?? new Map()),
    };
  },
});
