import { CloudWatchClient, type Dimension, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { featureMetrics } from '#contracts/features.ts';
import type { MeasuredView, ViewMetrics } from '#core/monitoring/index.ts';
import { chunks } from './chunks.ts';

/** CloudWatch takes 1,000 data a call. */
const MOST_DATA = 1_000;

const dataOf = ({ health, drift, ttlSeconds }: MeasuredView, at: Date): MetricDatum[] => {
  const view: Dimension[] = [
    { Name: 'Project', Value: health.project },
    { Name: 'View', Value: health.view },
  ];
  const datum = (MetricName: string, Value: number | undefined, feature?: string): MetricDatum[] =>
    Value === undefined
      ? []
      : [
          {
            MetricName,
            Value,
            Unit: MetricName === featureMetrics.freshness ? 'Seconds' : 'None',
            Timestamp: at,
            Dimensions: feature === undefined ? view : [...view, { Name: 'Feature', Value: feature }],
          },
        ];
  const { freshnessSeconds, availability, nullShare } = health;
  const staleness = freshnessSeconds === undefined || ttlSeconds === 0 ? undefined : freshnessSeconds / ttlSeconds;
  return [
    ...datum(featureMetrics.freshness, freshnessSeconds),
    ...datum(featureMetrics.staleness, staleness),
    ...datum(featureMetrics.availability, availability),
    ...Object.entries(nullShare).flatMap(([feature, share]) => datum(featureMetrics.nullShare, share, feature)),
    ...drift.flatMap(({ column, effect }) => datum(featureMetrics.drift, effect, column)),
  ];
};

/** ViewMetrics on CloudWatch. */
export const cloudWatchViewMetrics = (client = new CloudWatchClient({ maxAttempts: 5 })): ViewMetrics => ({
  publish: async (views, at) => {
    const data = views.flatMap((view) => dataOf(view, at));
    for (const MetricData of chunks(data, MOST_DATA))
      await client.send(new PutMetricDataCommand({ Namespace: featureMetrics.namespace, MetricData }));
  },
});
