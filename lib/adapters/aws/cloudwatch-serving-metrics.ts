import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { servingMetrics } from '#contracts/serving.ts';
import type { MetricPoint, MetricSink } from '#core/serving/index.ts';

/** CloudWatch takes 1,000 data a call and 1 MB; a latency datum may carry 150 values. */
const MOST_DATA = 200;

const toDatum = (point: MetricPoint, at: Date): MetricDatum => ({
  MetricName: point.name,
  Dimensions: [
    { Name: 'Model', Value: point.model },
    { Name: 'Version', Value: point.version },
  ],
  Timestamp: at,
  Unit: point.unit === 'Count' ? 'Count' : 'Milliseconds',
  Values: [...point.values],
  Counts: [...point.counts],
  // A bake may last seconds, so its guards need seconds.
  StorageResolution: 1,
});

/** MetricSink on CloudWatch, high resolution, by model and version. */
export const cloudWatchServingMetrics = (client: CloudWatchClient): MetricSink => ({
  put: async (points, at) => {
    for (let start = 0; start < points.length; start += MOST_DATA) {
      const MetricData = points.slice(start, start + MOST_DATA).map((point) => toDatum(point, at));
      await client.send(new PutMetricDataCommand({ Namespace: servingMetrics.namespace, MetricData }));
    }
  },
});
