import { CloudWatchClient, type MetricDatum, PutMetricDataCommand, StandardUnit } from '@aws-sdk/client-cloudwatch';
import { featureMetrics } from '#contracts/features.ts';
import { materializationMetrics } from '#contracts/online.ts';
import type { MaterializationMetrics, Materialized } from '#core/features/index.ts';

const MS = 1_000;

const dataOf = (done: Materialized, at: Date): MetricDatum[] => {
  const project = { Name: 'Project', Value: done.project };
  const datum = (MetricName: string, Value: number): MetricDatum => ({
    MetricName,
    Value,
    Unit: StandardUnit.Count,
    Timestamp: at,
    Dimensions: [project],
  });
  const freshness = Math.max(0, (at.getTime() - Date.parse(done.until)) / MS);
  const ofView = (view: string): MetricDatum => ({
    ...datum(featureMetrics.freshness, freshness),
    Unit: StandardUnit.Seconds,
    Dimensions: [project, { Name: 'View', Value: view }],
  });
  return [
    datum(materializationMetrics.rows, done.rows),
    datum(materializationMetrics.written, done.written),
    { ...datum(materializationMetrics.rowsPerSecond, done.rowsPerSecond), Unit: StandardUnit.Count_Second },
    ...done.views.map(ofView),
  ];
};

/** CloudWatch takes 1,000 data a call. */
const MOST_DATA = 1_000;

/** MaterializationMetrics on CloudWatch: one call for up to 997 views. */
export const cloudWatchMaterializationMetrics = (
  client = new CloudWatchClient({ maxAttempts: 5 }),
): MaterializationMetrics => ({
  publish: async (done, at) => {
    const data = dataOf(done, at);
    for (let from = 0; from < data.length; from += MOST_DATA) {
      const MetricData = data.slice(from, from + MOST_DATA);
      await client.send(new PutMetricDataCommand({ Namespace: featureMetrics.namespace, MetricData }));
    }
  },
});
