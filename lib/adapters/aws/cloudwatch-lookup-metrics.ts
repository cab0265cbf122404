import {
  CloudWatchClient,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { featureMetrics } from '#contracts/features.ts';
import type { LookupCounts, LookupMetrics } from '#core/features/index.ts';
import { chunks } from './chunks.ts';

// CloudWatch takes 1,000 data a call, and answers 500 series a call.
const MOST_DATA = 500;
const MOST_QUERIES = 500;
const names = { lookups: featureMetrics.lookups, found: featureMetrics.found } as const;
type Count = keyof typeof names;
const counts = ['lookups', 'found'] as const;

const dimensions = (project: string, view: string) => [
  { Name: 'Project', Value: project },
  { Name: 'View', Value: view },
];

const dataOf = (one: LookupCounts, at: Date): MetricDatum[] =>
  counts.map((count) => ({
    MetricName: names[count],
    Dimensions: dimensions(one.project, one.view),
    Timestamp: at,
    Unit: 'Count',
    Value: one[count],
  }));

interface Between {
  readonly from: Date;
  readonly to: Date;
}
const HOUR_MS = 3_600_000;
/** Sums are exact at any period; long windows have fewer points of hours. */
const periodMs = ({ from, to }: Between): number => (to.getTime() - from.getTime() > 3 * HOUR_MS ? HOUR_MS : 60_000);

interface Series {
  readonly view: string;
  readonly count: Count;
  readonly query: MetricDataQuery;
}

const seriesOf = (project: string, views: readonly string[], period: number): Series[] =>
  views.flatMap((view, i) =>
    counts.map((count) => ({
      view,
      count,
      query: {
        Id: `${count}_${i}`,
        MetricStat: {
          Metric: {
            Namespace: featureMetrics.namespace,
            MetricName: names[count],
            Dimensions: dimensions(project, view),
          },
          Period: period,
          Stat: 'Sum',
        },
      },
    })),
  );

const read = async (client: CloudWatchClient, series: readonly Series[], between: Between) => {
  const sums = new Map<string, Record<Count, number>>();
  const period = periodMs(between);
  const input = {
    // A point stands at the start of its period: a window that begins within one would lose it.
    StartTime: new Date(Math.floor(between.from.getTime() / period) * period),
    EndTime: between.to,
    MetricDataQueries: series.map(({ query }) => query),
  };
  for await (const page of paginateGetMetricData({ client }, input))
    for (const { Id, Values = [] } of page.MetricDataResults ?? []) {
      const of = series.find(({ query }) => query.Id === Id);
      if (!of || Values.length === 0) continue;
      const known = sums.get(of.view) ?? { lookups: 0, found: 0 };
      known[of.count] += Values.reduce((a, b) => a + b, 0);
      sums.set(of.view, known);
    }
  return sums;
};

/** LookupMetrics on CloudWatch. */
export const cloudWatchLookupMetrics = (client = new CloudWatchClient({ maxAttempts: 5 })): LookupMetrics => ({
  put: async (all, at) => {
    const data = all.flatMap((one) => dataOf(one, at));
    for (const MetricData of chunks(data, MOST_DATA))
      await client.send(new PutMetricDataCommand({ Namespace: featureMetrics.namespace, MetricData }));
  },
  sums: async (project, views, between) => {
    const series = seriesOf(project, views, periodMs(between) / 1_000);
    const some = chunks(series, MOST_QUERIES).map((queries) => read(client, queries, between));
    return new Map((await Promise.all(some)).flatMap((sums) => [...sums]));
  },
});
